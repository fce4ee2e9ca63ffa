/**
 * Naming: what one step of a user's machine may ask about other actors: itself, and its tree's
 * actors by `systemId`. A name that is given up in a step can be taken in the same step; what
 * changed becomes true when the step is applied.
 */
import { type Hosted, InnerRef } from '../../actor/index.ts';
import { type ActorEvent, type Address, troupeError } from '../../protocol/index.ts';
import type { HostedScope } from './said.ts';

/** What naming asks of its host. */
export interface NamingPorts {
  /** The names of the tree that an actor belongs to. */
  namesOf(address: Address, hosted: Hosted): ReadonlyMap<string, InnerRef>;
  refOf(address: Address, id: string, generation: number): InnerRef;
  deliver(ref: InnerRef, event: ActorEvent): void;
  log(address: Address, label: unknown, value: unknown): void;
}

/** The names that one step sees and changes. */
export class Naming implements HostedScope {
  readonly self: InnerRef;
  readonly #ports: NamingPorts;
  readonly #address: Address;
  readonly #hosted: Hosted;
  /** Names with changes; a value is a reference, or what XState made for an actor to be spawned. */
  #names: Map<string, unknown> | undefined;
  #made: Map<unknown, InnerRef> | undefined;

  constructor(address: Address, hosted: Hosted, ports: NamingPorts) {
    this.self = hosted.self;
    this.#address = address;
    this.#hosted = hosted;
    this.#ports = ports;
  }

  get(systemId: string): unknown {
    return (this.#names ?? this.#before()).get(systemId);
  }

  getAll(): Record<string, unknown> {
    return Object.fromEntries(this.#names ?? this.#before());
  }

  set(systemId: string, actor: unknown): void {
    if (this.get(systemId) === undefined) {
      this.#changing().set(systemId, actor);
      return;
    }
    throw troupeError('NOT_DURABLE', {
      machine: this.self.id,
      place: `the systemId ${systemId}`,
      problem: 'belongs to an actor that lives',
      remedy: 'stop that one first or choose another name',
    });
  }

  /** An actor is stopped: its name is free, and so are those of all below it. */
  unset(actor: unknown): void {
    for (const [systemId, holder] of this.#names ?? this.#before()) {
      const isBelow =
        actor instanceof InnerRef &&
        holder instanceof InnerRef &&
        (holder.address === actor.address || holder.address.startsWith(`${actor.address}/`));
      if (isBelow || holder === actor) this.#changing().delete(systemId);
    }
  }

  relay(to: unknown, event: ActorEvent): void {
    const ref = to instanceof InnerRef ? to : this.#made?.get(to);
    if (ref !== undefined) this.#ports.deliver(ref, event);
  }

  log(label: unknown, value: unknown): void {
    this.#ports.log(this.#address, label, value);
  }

  refOf(address: Address, id: string, generation: number): InnerRef {
    return this.#ports.refOf(address, id, generation);
  }

  /** Says which reference stands for what XState made. */
  made(actor: unknown, ref: InnerRef): void {
    this.#made ??= new Map();
    this.#made.set(actor, ref);
  }

  /** All names after the step; undefined when they are as they were. */
  get changed(): ReadonlyMap<string, InnerRef> | undefined {
    if (this.#names === undefined) return undefined;
    const refs = [...this.#names].flatMap(([systemId, holder]): [string, InnerRef][] => {
      const ref = holder instanceof InnerRef ? holder : this.#made?.get(holder);
      return ref === undefined ? [] : [[systemId, ref]];
    });
    return new Map(refs);
  }

  #before(): ReadonlyMap<string, InnerRef> {
    return this.#ports.namesOf(this.#address, this.#hosted);
  }

  #changing(): Map<string, unknown> {
    this.#names ??= new Map<string, unknown>(this.#before());
    return this.#names;
  }
}
