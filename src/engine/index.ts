/** Door of the engine. */
export type {
  Behaviour,
  Counts,
  Creation,
  Fitness,
  Host,
  Putting,
  Recovery,
  Stage,
} from './engine.ts';
export { LocalHost, type LocalHostParts } from './local-host.ts';
export { isDone, type Snapshot, statusOf } from './step.ts';
