/** Door of the engine: the contract of a host, the local host, what others ask of snapshots. */
export type {
  Behaviour,
  Counts,
  Creation,
  Fitness,
  Host,
  Incident,
  Putting,
  Recovery,
  Stage,
  Traffic,
} from './engine.ts';
export { LocalHost } from './host/local-host.ts';
export type { LocalHostParts } from './host/local-host-parts.ts';
export { misfitsAmong } from './host/recovery.ts';
export { logicOf, type Migrating } from './hosted/index.ts';
export { hostedOutcome, hostedStatus, idempotencyKey, post } from './lives/index.ts';
export { Replay, type Replayable, type ReplayPorts } from './replay/index.ts';
export { isDone, type Snapshot, statusOf } from './step.ts';
export { toldCell } from './told.ts';
export { type Ahead, ahead, chartOf, misfitOf } from './versions/index.ts';
