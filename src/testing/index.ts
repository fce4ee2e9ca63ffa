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
  Looked,
  Mutants,
  OwnOptions,
  Values,
} from './check.ts';
export {
  assertChecked,
  type Checkable,
  check,
  type Exported,
  exportedIn,
  parkedIn,
  reportText,
  type WouldPark,
} from './checking/index.ts';
export type {
  Coverage,
  CoverageKind,
  CoveredPlace,
  Finding,
  FindingCode,
} from './findings/index.ts';
export {
  type MachineLaw,
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
export type {
  CompletedStep,
  CompletedSteps,
  QuestionView,
  RunView,
  View,
} from './view/index.ts';
