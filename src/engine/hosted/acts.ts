/**
 * Acts: what the step of a user's machine decided beside its snapshot and its timers, in order.
 * Nothing of it has happened; the group stages what belongs to its commit, the rest comes after.
 */
import { InnerRef } from '../../actor/index.ts';
import type { ActorEvent } from '../../protocol/index.ts';
import type { Source } from './sources.ts';

/** An actor to be started. */
export interface Spawning {
  readonly kind: 'spawn';
  readonly id: string;
  readonly entry: number;
  readonly src: string;
  readonly source: Source;
  readonly input: unknown;
  readonly sync: boolean;
  readonly systemId: string | undefined;
  readonly ref: InnerRef;
}

/** An actor to be stopped. */
export interface Stopping {
  readonly kind: 'stop';
  readonly id: string;
  readonly entry: number;
}

/** An event to be sent to another actor. */
export interface Sending {
  readonly kind: 'send';
  readonly to: InnerRef;
  readonly event: ActorEvent;
}

/** An event for those who listen. */
export interface Emitting {
  readonly kind: 'emit';
  readonly event: ActorEvent;
}

/** A user's own code, to be called after the commit, at most once. */
export interface Calling {
  readonly kind: 'call';
  readonly type: string;
  readonly call: () => unknown;
}

/** One act of a step. */
export type Act = Spawning | Stopping | Sending | Emitting | Calling;

/** A firing that sends an event to another actor. */
export interface Delivery extends ActorEvent {
  readonly to: InnerRef;
  readonly event: ActorEvent;
}

/** The type of such a firing. */
export const deliverType = 'troupe.deliver';

/** Whether an event is such a firing. */
export const isDelivery = (event: ActorEvent): event is Delivery =>
  event.type === deliverType && event.to instanceof InnerRef;
