/**
 * Actor reference: what XState's `waitFor`, `toPromise` and `subscribe`, and React selectors, take
 * for an actor. It shows committed state only; `getSnapshot` gives the same object until that
 * changes.
 */
import type { AnyActorRef, AnyMachineSnapshot, Observer, Subscription } from 'xstate';
import type { ActorEvent, Address } from '../protocol/index.ts';
import type { Cell } from './cell.ts';
import type { Listener } from './listener.ts';

/** Where a reference looks and listens. */
export interface RefSource {
  readonly address: Address;
  find(address: Address): Cell | undefined;
  listen(address: Address, listener: Listener): (() => void) | undefined;
  /** Sends an event, without waiting for it to be durable. */
  send(address: Address, event: ActorEvent): void;
}

/** A reference to the actor of an address. */
export function actorRef<Actor = AnyActorRef>(source: RefSource): Actor {
  return new Ref(source) as unknown as Actor;
}

type OnNext = (snapshot: AnyMachineSnapshot) => void;

interface Listening {
  readonly next?: OnNext | undefined;
  readonly error?: ((error: unknown) => void) | undefined;
  readonly complete?: (() => void) | undefined;
}

class Ref {
  readonly id: string;
  readonly sessionId: string;
  readonly systemId = undefined;
  readonly src = 'troupe';
  readonly _parent = undefined;
  readonly #source: RefSource;
  /** It goes on showing what is committed, also after its end and after that of the host. */
  #cell: Cell | undefined;

  constructor(source: RefSource) {
    this.#source = source;
    this.#cell = source.find(source.address);
    this.id = source.address;
    this.sessionId = source.address;
  }

  readonly send = (event: ActorEvent): void => this.#source.send(this.#source.address, event);

  /** The last committed snapshot; one object for one state, also after the end. */
  readonly getSnapshot = (): AnyMachineSnapshot | undefined => this.#current()?.committed;

  readonly getPersistedSnapshot = (): unknown => this.getSnapshot()?.toJSON();

  /**
   * Calls `next` after each commit that touched the actor and `complete` at its end, at once when
   * that is past; `error` when it has failed, or the host has failed or stopped.
   */
  readonly subscribe = (
    next: Observer<AnyMachineSnapshot> | OnNext,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription => {
    const observer: Listening = typeof next === 'function' ? { next, error, complete } : next;
    let end: (() => void) | undefined;
    try {
      end = this.#source.listen(this.#source.address, listenerOf(observer));
      if (end === undefined) tellEnd(observer, this.getSnapshot());
    } catch (reason) {
      observer.error?.(reason);
    }
    return { unsubscribe: () => end?.() };
  };

  /** Calls `handler` with each event of a type that the machine emits (`*`: all), once durable. */
  readonly on = (type: string, handler: (event: ActorEvent) => void): Subscription => {
    const emitted = (event: ActorEvent): void => {
      if (type === '*' || type === event.type) handler(event);
    };
    const end = this.#source.listen(this.#source.address, { emitted });
    return { unsubscribe: () => end?.() };
  };

  /** What a part of the snapshot is, now and after each change of it. */
  readonly select = <Selected>(
    selector: (snapshot: AnyMachineSnapshot | undefined) => Selected,
    isEqual: (a: Selected, b: Selected) => boolean = Object.is,
  ) => ({
    get: (): Selected => selector(this.getSnapshot()),
    subscribe: (next: Observer<Selected> | ((selected: Selected) => void)): Subscription => {
      let last = selector(this.getSnapshot());
      const tell =
        typeof next === 'function' ? next : (selected: Selected) => next.next?.(selected);
      return this.subscribe((snapshot) => {
        const selected = selector(snapshot);
        if (isEqual(last, selected)) return;
        last = selected;
        tell(selected);
      });
    },
  });

  /** One that had ended may have been started anew, one that left memory is loaded again. */
  #current(): Cell | undefined {
    if (this.#cell?.isDone === false && !this.#cell.isPassive) return this.#cell;
    try {
      const found = this.#source.find(this.#source.address);
      if (this.#cell?.isDone !== true || found?.isDone === false) this.#cell = found ?? this.#cell;
    } catch {
      // The host has ended: what was seen last is the last there is.
    }
    return this.#cell;
  }

  /** Runs are started and ended by the troupe. */
  readonly start = (): this => this;
  readonly stop = (): this => this;

  readonly toJSON = (): object => ({ xstate$$type: 1, id: this.id });
}

/** As XState does: who has failed tells its error and no snapshot. */
const listenerOf = (observer: Listening): Listener => ({
  snapshot: (snapshot) => {
    try {
      if (snapshot.status !== 'error') observer.next?.(snapshot);
    } finally {
      if (snapshot.status !== 'active') tellEnd(observer, snapshot);
    }
  },
  closed: (reason) => observer.error?.(reason),
});

function tellEnd(observer: Listening, snapshot: AnyMachineSnapshot | undefined): void {
  if (snapshot?.status === 'error') observer.error?.(snapshot.error);
  else observer.complete?.();
}
