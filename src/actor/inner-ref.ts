/**
 * Inner reference: what a machine holds of itself, its parent, its children and whoever sent it a
 * reference. It is a name, not an object that lives: JSON tells it whole, and a reference made
 * from that JSON is as good. While a turn is decided it shows what the turns before it decided
 * (they commit together), to everyone else what is committed.
 */
import type { AnyMachineSnapshot } from 'xstate';
import { type ActorEvent, type Address, asAddress, refMark } from '../protocol/index.ts';
import type { Listener } from './listener.ts';

/** What references look at and send through; one for each host. */
export interface RefHub {
  /** The snapshot that a reader may see now. */
  read(address: Address): AnyMachineSnapshot | undefined;
  /** The reference to the parent of a machine's actor. */
  parentOf(address: Address): InnerRef | undefined;
  listen(address: Address, listener: Listener): (() => void) | undefined;
  /** Sends an event in the next group, without waiting for it. */
  deliver(ref: InnerRef, event: ActorEvent): void;
  /** What XState calls the system of an actor: its actors by `systemId`. */
  systemOf(address: Address): unknown;
}

/** A reference inside the machines of one host. */
export class InnerRef {
  readonly address: Address;
  /** The name that its parent gave it; of the root the id of the run. */
  readonly id: string;
  /** The life that it names; 0 for whichever lives. */
  readonly generation: number;
  readonly #hub: RefHub;

  constructor(hub: RefHub, address: Address, id: string, generation = 0) {
    this.#hub = hub;
    this.address = address;
    this.id = id;
    this.generation = generation;
  }

  get sessionId(): string {
    return this.address;
  }

  get ref(): this {
    return this;
  }

  get src(): string {
    return 'troupe';
  }

  get _parent(): InnerRef | undefined {
    return this.#hub.parentOf(this.address);
  }

  get system(): unknown {
    return this.#hub.systemOf(this.address);
  }

  /** Sends an event, without waiting for it to be durable. */
  send(event: ActorEvent): void {
    this.#hub.deliver(this, event);
  }

  getSnapshot(): AnyMachineSnapshot | undefined {
    return this.#hub.read(this.address);
  }

  getPersistedSnapshot(): unknown {
    return this.getSnapshot()?.toJSON();
  }

  /** Calls `next` after each commit that touched the actor; see the references of outsiders. */
  subscribe(
    next:
      | ((snapshot: AnyMachineSnapshot) => void)
      | { next?(snapshot: AnyMachineSnapshot): void; complete?(): void },
  ): { unsubscribe(): void } {
    const observer = typeof next === 'function' ? { next } : next;
    const end = this.#hub.listen(this.address, {
      snapshot: (snapshot) => {
        observer.next?.(snapshot);
        if (snapshot.status !== 'active' && 'complete' in observer) observer.complete?.();
      },
    });
    return { unsubscribe: () => end?.() };
  }

  /** Emitted events are told to those who listen to the run; here the subscription is silent. */
  on(): { unsubscribe(): void } {
    return { unsubscribe: () => undefined };
  }

  start(): this {
    return this;
  }

  toJSON(): object {
    const { address, id, generation } = this;
    return generation === 0
      ? { [refMark]: 1, id, address }
      : { [refMark]: 1, id, address, generation };
  }
}

/** Whether JSON text may hold references. */
export const mayHoldRefs = (text: string): boolean => text.includes(`"${refMark}"`);

/** A value of JSON with its references made anew; the same value when there are none. */
export function withRefs(hub: RefHub, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withRefs(hub, item));
  const entries = Object.entries(value);
  const given = Object.fromEntries(entries);
  const { address, id, generation } = given;
  if (given[refMark] === 1 && typeof address === 'string' && typeof id === 'string') {
    const life = typeof generation === 'number' ? generation : 0;
    return new InnerRef(hub, asAddress(address), id, life);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withRefs(hub, item)]));
}
