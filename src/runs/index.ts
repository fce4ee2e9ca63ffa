/** Door of the runs: starting, waiting, watching, parking. */
export type { Catalogue, Recipe } from './catalogue.ts';
export { type EventsOptions, eventsIn, eventsOf, type RunEvent } from './events.ts';
export { checkRunOptions, RunOptions } from './options.ts';
export { type Parked, type ParkedRun, type ParkingHost, parkedRuns } from './parked.ts';
export { Run, type RunActor, type RunOutcome, type RunSnapshot } from './run.ts';
export {
  addressOf,
  addressOfRun,
  checkInput,
  checkSize,
  type RunRequest,
  type StagedRun,
  stageRun,
} from './start.ts';
export { limitWait, outcomeOf, type WaitOptions } from './waiting.ts';
