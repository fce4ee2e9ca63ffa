/**
 * `troupe/testing`: property tests, model checks and whole-team simulation with faults, for the
 * machines, workflows and teams of an app.
 */

export type { Batch, JournalReads } from '../journal/index.ts';
export { type ArbitraryOptions, arbitraryOf, type Overrides } from './arbitrary/index.ts';
export type {
  Bounds,
  CheckOptions,
  CheckResult,
  Mutants,
  OwnOptions,
  Values,
} from './check.ts';
export {
  assertChecked,
  type Checkable,
  check,
  definitionsIn,
  type Exported,
  exportedIn,
  parkedIn,
  reportText,
  type WouldPark,
} from './checking/index.ts';
export {
  type Coverage,
  type CoverageKind,
  type CoveredPlace,
  type Finding,
  type FindingCode,
  findingCodes,
  missedOf,
  sumOf,
} from './findings/index.ts';
export {
  checkMachine,
  type MachineLaw,
  machineLawNames,
  machineLaws,
} from './machines/index.ts';
export type { Oracle, OracleOf } from './oracles/index.ts';
export {
  type Given,
  type Givens,
  type PropertyOptions,
  type PropertyProgress,
  type PropertyResult,
  property,
  replay,
  usualFaults,
} from './properties/index.ts';
export {
  neverReached,
  type Ran,
  Reach,
  type ReachOptions,
  reachOf,
  replayOracle,
} from './reach/index.ts';
export {
  type Answering,
  type Asked,
  type Breach,
  type CallPlace,
  type CallRecord,
  type Committed,
  type CrashOptions,
  calm,
  type Fault,
  type FaultKind,
  faultKinds,
  type Happening,
  type Played,
  type RequestRecord,
  type Script,
  type Sight,
  type SimulatedTeam,
  type SimulateOptions,
  type Simulation,
  type Stub,
  type StubCall,
  type StubFunction,
  simulate,
  stub,
} from './simulation/index.ts';
export {
  type CompletedStep,
  type CompletedSteps,
  type QuestionView,
  type RunView,
  type View,
  viewOf,
} from './view/index.ts';
