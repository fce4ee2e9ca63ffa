/**
 * Door of the troupe: the composition and what an app holds of it. `createTroupe` loads the
 * composition late; `composeTroupe` is the composition itself, which waits for no module.
 */
export { createTroupe as composeTroupe } from './create-troupe.ts';
export { defineMachine, MachineOptions } from './define-machine.ts';
export { createTroupe } from './late.ts';
export type { MessageMetrics, Metrics } from './life/metrics.ts';
export type { RestoredSnapshot } from './life/restoring.ts';
export type { TroupeOptions } from './options.ts';
export type {
  ActorOf,
  MachineActor,
  RestoreOptions,
  RunOf,
  SnapshotOptions,
  StopOptions,
  Troupe,
} from './troupe.ts';
export { type WouldPark, wouldPark } from './would-park.ts';
