/**
 * Actor reference: what XState's `waitFor`, `toPromise` and `subscribe`, and React selectors, take
 * for an actor. It shows committed state only; `getSnapshot` gives the same object until it changes.
 */
import type { AnyActorRef, AnyMachineSnapshot, Observer, Subscription } from 'xstate';
import type { ActorEvent, Address } from '../protocol/index.ts';
import type { Cell, Listener } from './cell.ts';

/** Where a reference looks and listens. */
export interface RefSource {
  readonly address: Address;
  find(address: Address): Cell | undefined;
  listen(address: Address, listener: Listener): (() => void) | undefined;
  /** Sends an event, without waiting for it to be durable. */
  send(address: Address, event: ActorEvent): void;
}

/** A reference to the actor of an address. */
export function actorRef(source: RefSource): AnyActorRef {
  return new Ref(source) as unknown as AnyActorRef;
}

type Next = Observer<AnyMachineSnapshot> | ((snapshot: AnyMachineSnapshot) => void);

class Ref {
  readonly id: string;
  readonly sessionId: string;
  readonly systemId = undefined;
  readonly src = 'troupe';
  readonly _parent = undefined;
  readonly #source: RefSource;
  #last: AnyMachineSnapshot | undefined;

  constructor(source: RefSource) {
    this.#source = source;
    this.id = source.address;
    this.sessionId = source.address;
    this.getSnapshot();
  }

  readonly send = (event: ActorEvent): void => this.#source.send(this.#source.address, event);

  /** The last committed snapshot; one object for one state, also after the end. */
  readonly getSnapshot = (): AnyMachineSnapshot | undefined => {
    if (this.#last?.status !== undefined && this.#last.status !== 'active') return this.#last;
    this.#last = this.#source.find(this.#source.address)?.committed ?? this.#last;
    return this.#last;
  };

  readonly getPersistedSnapshot = (): unknown => this.getSnapshot()?.toJSON();

  /** Calls `next` after each commit that changed the actor, `complete` at its end. */
  readonly subscribe = (
    next: Next,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription => {
    const observer = typeof next === 'function' ? { next, error, complete } : next;
    const { address } = this.#source;
    const end = this.#source.listen(address, {
      snapshot: (snapshot) => {
        this.#last = snapshot;
        observer.next?.(snapshot);
        if (snapshot.status !== 'active') observer.complete?.();
      },
      closed: (reason) => observer.error?.(reason),
    });
    if (end === undefined) observer.complete?.();
    return { unsubscribe: () => end?.() };
  };

  /** Runs emit nothing of their own yet; the subscription is valid and silent. */
  readonly on = (): Subscription => ({ unsubscribe: () => undefined });

  /** Runs are started and ended by the troupe. */
  readonly start = (): this => this;
  readonly stop = (): this => this;

  readonly toJSON = (): object => ({ xstate$$type: 1, id: this.id });
}
