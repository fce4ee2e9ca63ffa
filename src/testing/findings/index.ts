/** What checks say: findings and coverage. */
export {
  type Coverage,
  type CoverageKind,
  type CoveredPlace,
  coverageKinds,
  missedOf,
  sumOf,
} from './coverage.ts';
export {
  type Finding,
  type FindingCode,
  findingCodes,
  isExcused,
  nameOfFinding,
} from './finding.ts';
