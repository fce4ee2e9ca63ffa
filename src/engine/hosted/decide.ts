/**
 * Decide: one step of a user's machine, as data.
 *
 * XState made throw-away objects for what it spawned; they are replaced by references here, in the
 * snapshot, in the context and in every event. What can't be made durable throws, and with it
 * nothing of the step has happened.
 * Invariant: what a decision holds is told whole by JSON, but for the user's code in `call`.
 */
import { type Child, type Hosted, InnerRef } from '../../actor/index.ts';
import {
  type ActorEvent,
  type Address,
  assertNever,
  checkId,
  childAddress,
  limits,
  said,
  troupeError,
} from '../../protocol/index.ts';
import { isFamily, withChildren } from '../compiled/family.ts';
import { type Decision, type Snapshot, stepHosted, type TimerChange } from '../step.ts';
import { type Act, deliverType, type Spawning } from './acts.ts';
import { Children } from './children.ts';
import type { Hosting } from './hosting.ts';
import type { Logic } from './logic.ts';
import { Naming } from './naming.ts';
import { type Said, type SendToParams, type SpawnedActor, startsFirst } from './said.ts';
import { errorData, noSymbols, type Refuse, settled } from './values.ts';

/** What a step of a user's machine decided. */
export interface HostedDecision extends Decision {
  readonly acts: readonly Act[];
  /** Changes to its children. */
  readonly children: Children;
  readonly entries: number;
  /** Of the whole tree; undefined when nothing changed. */
  readonly systemIds: ReadonlyMap<string, InnerRef> | undefined;
}

/** What is stepped. */
export interface Stepped {
  readonly address: Address;
  readonly hosted: Hosted;
  readonly logic: Logic;
  /** As of the last turn; undefined before the first. */
  readonly snapshot: Snapshot | undefined;
  /** The number of the child whose end it takes. */
  readonly ending: number | undefined;
}

/**
 * The first step, on an input, or the next one, on an event.
 * @throws TroupeError `NOT_DURABLE`; what the machine throws.
 */
export function decideHosted(of: Stepped, given: unknown, hosting: Hosting): HostedDecision {
  const naming = new Naming(of.address, of.hosted, hosting);
  const { snapshot, said } = stepHosted(of.logic.machine, of.snapshot, given, naming);
  // XState catches what is thrown at a start.
  if (of.snapshot === undefined && snapshot.status === 'error') throw snapshot.error;
  const words = new Words(of, naming);
  const acts = startsFirst(said).flatMap((word) => words.act(word));
  if (snapshot.status !== 'active') acts.push(...words.stopsOfAll());
  return {
    snapshot: words.snapshot(snapshot),
    effects: [],
    timers: words.timers,
    entered: [],
    acts,
    children: words.children,
    entries: words.entries,
    systemIds: naming.changed,
  };
}

/** Turns what was said in one step into acts. */
class Words {
  readonly made = new Map<object, InnerRef>();
  /** What is armed and cleared, in order. */
  readonly timers: TimerChange[] = [];
  entries: number;
  readonly children: Children;
  readonly #of: Stepped;
  readonly #naming: Naming;

  constructor(of: Stepped, naming: Naming) {
    this.#of = of;
    this.#naming = naming;
    this.entries = of.hosted.entries;
    this.children = new Children(of.hosted.children);
  }

  act(word: Said): Act[] {
    switch (word.said) {
      case 'spawn':
        return [this.#spawn(word.actor)];
      case 'missing':
        return this.#refuse(`the source ${word.src}`, 'has no implementation', giveIt);
      case 'stop':
        return this.#stop(word.actor);
      case 'raise':
        this.#raise(word);
        return [];
      case 'cancel':
        this.timers.push({ timer: word.timer });
        return [];
      case 'send':
        return this.#send(word.params);
      case 'emit':
        return [{ kind: 'emit', event: this.#event(word.event, 'an emitted event') }];
      case 'log':
        return [this.#log(word.label, word.value)];
      case 'call':
        return [{ kind: 'call', type: word.type, call: word.call }];
      default:
        return assertNever(word, 'a word is of a known kind');
    }
  }

  /** An ended actor ends with all below it. */
  stopsOfAll(): Act[] {
    return this.children.list().map(({ id, entry }) => {
      this.children.delete(id);
      return { kind: 'stop', id, entry };
    });
  }

  snapshot(next: Snapshot): Snapshot {
    const before = this.#of.snapshot;
    const context = this.#context(next.context, before?.context);
    const output = this.#value(next.output, 'the output');
    const error = next.status === 'error' ? errorData(next.error) : next.error;
    const children = this.#refs(next.children);
    if (
      context === next.context &&
      output === next.output &&
      error === next.error &&
      children === next.children
    ) {
      return next;
    }
    return Object.assign({}, next, { context, output, error, children });
  }

  #spawn(actor: SpawnedActor): Spawning {
    const { src, systemId, options } = actor;
    if (typeof src !== 'string') {
      return this.#refuse(
        `the actor ${actor.id || '?'}`,
        'is spawned of logic without name',
        named,
      );
    }
    if (actor.id === actor.sessionId) {
      return this.#refuse(`an actor of ${src}`, 'is spawned without id', 'give it an id');
    }
    const id = checkId(actor.id, `id of an actor of ${src}`);
    const living = this.children.get(id);
    if (living && living.ended === undefined && living.entry !== this.#of.ending) {
      return this.#refuse(`the actor ${id}`, 'lives already', 'stop it first or choose another id');
    }
    const source = this.#of.logic.source(src);
    this.entries += 1;
    const entry = this.entries;
    const ref = this.#naming.refOf(childAddress(this.#of.address, id), id, entry);
    this.made.set(actor, ref);
    this.#naming.made(actor, ref);
    const input = this.#value(options.input, `the input of the actor ${id}`);
    const sync = actor._syncSnapshot === true;
    const kind = source.kind === 'promise' ? 'promise' : 'machine';
    const kept = kind === 'promise' ? { input } : {};
    const child: Child = { id, entry, src, kind, sync, systemId, ...kept };
    this.children.set(child);
    return { kind: 'spawn', id, entry, src, source, input, sync, systemId, ref };
  }

  #stop(actor: unknown): Act[] {
    const ref = this.#refOf(actor);
    const child = ref === undefined ? undefined : this.children.get(ref.id);
    if (ref === undefined || child === undefined || child.entry !== ref.generation) return [];
    this.children.delete(child.id);
    return [{ kind: 'stop', id: child.id, entry: child.entry }];
  }

  #send({ to, event, delay, id }: SendToParams): Act[] {
    const ref = this.#refOf(to);
    if (ref === undefined) {
      return this.#refuse('the target of a sendTo', 'is no actor of this troupe', keepRefs);
    }
    const sent = this.#event(asError(event, this.#of), 'a sent event');
    if (delay === undefined) return [{ kind: 'send', to: ref, event: sent }];
    const timer = this.#timer(id);
    const isOwn = ref.address === this.#of.address;
    const carried = isOwn ? sent : { type: deliverType, to: ref, event: sent };
    this.timers.push({ timer, delayMs: this.#delay(delay), event: carried, keepsEarlier: true });
    return [];
  }

  #raise({ event, id, delay }: Extract<Said, { said: 'raise' }>): void {
    if (delay === undefined) return;
    const timer = this.#timer(id);
    const raised = this.#event(event, 'a delayed event');
    this.timers.push({ timer, delayMs: this.#delay(delay), event: raised, keepsEarlier: true });
  }

  /** No timer is longer than the longest duration: a time is a whole number. */
  #delay(ms: unknown): number {
    if (typeof ms === 'number' && Number.isFinite(ms)) return Math.min(ms, limits.durationMs);
    return this.#refuse('a delay', `is ${said(ms)}`, 'give a number of milliseconds');
  }

  #log(label: unknown, value: unknown): Act {
    return { kind: 'call', type: 'xstate.log', call: () => this.#naming.log(label, value) };
  }

  /** Each delayed event without id is its own. */
  #timer(id: unknown): string {
    if (typeof id === 'string' && id.isWellFormed()) return id;
    if (id !== undefined) this.#refuse('the id of a delayed event', 'is no text', textOnly);
    this.entries += 1;
    return `~${this.entries}`;
  }

  #refOf(actor: unknown): InnerRef | undefined {
    if (actor instanceof InnerRef) return actor;
    return typeof actor === 'object' && actor !== null ? this.made.get(actor) : undefined;
  }

  /** Children by id, as references; what XState made of stubs is replaced. */
  #refs(children: Snapshot['children']): Snapshot['children'] {
    if (this.made.size === 0) return children;
    if (isFamily(children)) return withChildren(children, this.#newIn(children));
    const refs = Object.entries(children).flatMap(([id, child]): [string, unknown][] => {
      const ref = this.#refOf(child);
      return ref === undefined ? [] : [[id, ref]];
    });
    return Object.fromEntries(refs) as Snapshot['children'];
  }

  /** What this step made and did not stop. */
  #newIn(children: Snapshot['children']): Snapshot['children'] {
    const refs = [...this.made].filter(([actor, { id }]) => children[id] === actor);
    return Object.fromEntries(refs.map(([, ref]) => [ref.id, ref])) as Snapshot['children'];
  }

  /** What did not change was looked at when it came. */
  #context(next: unknown, before: unknown): unknown {
    if (next === before || typeof next !== 'object' || next === null) {
      return next === before ? next : this.#value(next, 'the context');
    }
    if (Array.isArray(next) || typeof before !== 'object' || before === null) {
      return this.#value(next, 'the context');
    }
    noSymbols(next, (_, problem, remedy) => this.#refuse('the context', problem, remedy));
    let copy: Record<string, unknown> | undefined;
    for (const [key, item] of Object.entries(next)) {
      if (item === Reflect.get(before, key)) continue;
      const value = this.#value(item, `context.${key}`);
      if (value === item) continue;
      copy ??= { ...next };
      copy[key] = value;
    }
    return copy ?? next;
  }

  #event(event: unknown, what: string): ActorEvent {
    if (typeof event !== 'object' || event === null || !('type' in event)) {
      return this.#refuse(what, 'is no event object', 'send { type, … }');
    }
    if (typeof event.type !== 'string' || isForbidden(event.type)) {
      return this.#refuse(what, `has the type ${String(event.type)}`, 'choose another type');
    }
    return this.#value(event, what, 0) as ActorEvent;
  }

  #value(value: unknown, what: string, depth = 1): unknown {
    const refuse: Refuse = (path, problem, remedy) =>
      this.#refuse(path === '' ? what : `${what} at ${path}`, problem, remedy);
    return settled(value, this.made, refuse, '', depth);
  }

  #refuse(place: string, problem: string, remedy: string): never {
    throw troupeError('NOT_DURABLE', { machine: this.#of.logic.name, place, problem, remedy });
  }
}

/** With these a machine could stop or start an actor that is not its own, or speak as its host. */
const isForbidden = (type: string): boolean =>
  type === 'xstate.stop' || type === 'xstate.init' || type.startsWith('troupe.');

const textOnly = 'give it a well-formed text, or none';
const giveIt = 'give it under `actors` in setup or provide';
const named = 'name it under `actors` in setup and spawn it by its name';
const keepRefs = 'send to self, to a child, or to a reference that an event brought';

/** An escalated error becomes the error of this actor, as its parent knows it. */
function asError(event: ActorEvent, { hosted }: Stepped): ActorEvent {
  if (event?.type !== 'xstate.error') return event;
  const { id } = hosted.self;
  return { type: `xstate.error.actor.${id}`, error: errorData(event.data), actorId: id };
}
