/** Door of the runs: starting, waiting, watching, parking. */

export type { Catalogue, Recipe, RunDefaults } from './catalogue.ts';
export type { AskedBy, DecideArguments, OwnQuestion } from './driving/asked.ts';
export type { HandPorts } from './driving/by-hand.ts';
export { whenIdle } from './driving/moves.ts';
export type {
  AttemptOptions,
  CompletionOptions,
  FailureOptions,
  ReportOptions,
} from './driving/options.ts';
export { eventsOf } from './events.ts';
export { openBelow } from './facts/below.ts';
export { costOf } from './facts/cost.ts';
export type { RunOutcome, StepOutcome } from './facts/outcome.ts';
export { planFacts, type StepFacts, type StepStatus } from './facts/plan.ts';
export type { RunEvent, StepEventStatus } from './facts/row-events.ts';
export { factsOf, type RunSnapshot, snapshotOf, stateOf } from './facts/snapshot.ts';
export type { StageSnapshot } from './facts/stages.ts';

export {
  checkChildOptions,
  checkRunOptions,
  checkWaitOptions,
  type EventsOptions,
  type PeopleOptions,
  RunOptions,
  SupervisionOptions,
  type WaitOptions,
} from './options.ts';
export { goOn, type Parked, type ParkedRun, type ParkingHost, parkedRuns } from './parked.ts';
export { Run, type RunActor } from './run.ts';
export { type RunFilter, type RunReference, type Runs, runsOf } from './runs.ts';
export { isOwnType, sendEvent, stageEventAgain } from './send-event.ts';
export type { RunStage } from './stage.ts';
export {
  addressOf,
  addressOfRun,
  checkInput,
  checkSize,
  inputSchemasOf,
  type RunRequest,
  runCreation,
  type StagedRun,
  stageRun,
} from './start.ts';
export { outcomeIn, runStatus, tellOverdue } from './status.ts';
export { limitWait, outcomeOf } from './waiting.ts';
