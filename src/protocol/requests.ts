/**
 * What machines ask of the host: the parameters of the effects they share.
 *
 * `send`, `withdraw`, `record`, `watch`, `bury`, `incident` and `tellHistory` are staged in the
 * turn's own commit; every other effect is performed after it, by whoever runs that kind of actor.
 */
import type { ActorEvent } from './effects.ts';
import type { Address } from './ids.ts';

/** Sends an event to each address, in one lane, in order. The host adds the time. */
export interface SendParams {
  readonly to: readonly Address[];
  readonly event: ActorEvent;
  /** Waits in the recipient's mailbox until it is open; `key` takes it back. */
  readonly gate?: { readonly priority: number; readonly key: string };
}

/** Takes back a gated event that still waits. */
export interface WithdrawParams {
  readonly from: readonly Address[];
  readonly key: string;
}

/** Records a step's result in the same commit. */
export interface RecordParams {
  readonly step: string;
  readonly value: unknown;
}

/** Puts an event that was taken, and could not be dealt with, to the dead letters. */
export interface BuryParams {
  readonly to: string;
  readonly event: ActorEvent;
  readonly detail: string;
}

/** Opens an incident for each, or counts again the one that is open about the same. */
export interface IncidentParams {
  readonly incidents: readonly {
    /** The address of the actor that it is about. */
    readonly about: Address;
    /** A code of the table of errors. */
    readonly code: string;
    readonly message: string;
  }[];
}

/** Writes rows of its own into the history of the actor: what a turn decided, told for readers. */
export interface TellParams {
  readonly rows: readonly ActorEvent[];
}

/** Asks to be told when these runs end. */
export interface WatchParams {
  readonly runs: readonly Address[];
}
