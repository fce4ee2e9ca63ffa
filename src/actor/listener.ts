/** Listener: who is told of an actor after each commit that touched it. */
import type { AnyMachineSnapshot } from 'xstate';
import type { JournalRow } from '../journal/index.ts';
import type { ActorEvent } from '../protocol/index.ts';

/** Told after each commit that touched the actor. */
export interface Listener {
  /** The newly committed snapshot. */
  snapshot?(snapshot: AnyMachineSnapshot): void;
  /** The rows that the commit added to the actor's history. */
  rows?(rows: readonly JournalRow[]): void;
  /** An event that a user's machine emitted. */
  emitted?(event: ActorEvent): void;
  /** The host has failed or stopped: nothing more will come. */
  closed?(error: unknown): void;
}
