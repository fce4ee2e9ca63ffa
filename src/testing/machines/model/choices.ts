/**
 * Choices: what can happen to a machine at a moment. Events with all that they may carry, timers
 * that are due first, actors that end or fail.
 */
import type { AnyMachineSnapshot, AnyStateMachine, StateNode } from 'xstate';
import { isMachine } from '../../../protocol/index.ts';
import { activeIn, statesOf, transitionsOf } from '../../charts/index.ts';
import type { CheckOptions } from '../../check.ts';
import { drawn } from './drawn.ts';
import { eventsIn, eventWith } from './given.ts';
import { dueIn, living, type Moment, type Step } from './model.ts';
import { textOf } from './text.ts';

type AnyEvent = { readonly type: string };

/** What can happen, drawn from the options once. */
export class Choices {
  readonly #events: (snapshot: AnyMachineSnapshot) => readonly AnyEvent[];
  /** Whether events are made to fit a snapshot. */
  readonly #isFitted: boolean;
  readonly #outputs: (id: string, src: string) => readonly unknown[];
  /** Types of which events were sent at all. */
  readonly sent = new Set<string>();

  /** @param machine the user's own, whose sources are real; @param count of values of a schema */
  constructor(machine: AnyStateMachine, options: CheckOptions, seed: number, count: number) {
    const { events } = options;
    this.#isFitted = typeof events === 'function';
    this.#events =
      typeof events === 'function'
        ? (snapshot) => eventsIn(events, snapshot)
        : eventsOf(machine, events ?? {}, seed, count);
    this.#outputs = outputsOf(machine, options.outputs ?? {}, seed, count);
  }

  /** What can happen now, always in the same order. */
  at(moment: Moment): readonly Step[] {
    const { snapshot } = moment;
    if (snapshot.status !== 'active') return [];
    const events = this.#events(snapshot);
    for (const { type } of events) this.sent.add(type);
    return [
      ...events.map((event): Step => ({ do: 'event', event })),
      ...living(moment).flatMap((child) => this.#endsOf(child, snapshot)),
      ...dueIn(moment).map((timer): Step => ({ do: 'timer', timer })),
    ];
  }

  /** Whether a step that was possible at another moment is possible now. */
  allow({ snapshot }: Moment, step: Step): boolean {
    if (step.do !== 'event' || !this.#isFitted) return true;
    const text = textOf(step.event);
    return this.#events(snapshot).some((event) => textOf(event) === text);
  }

  #endsOf(child: string, { children }: AnyMachineSnapshot): Step[] {
    const src: unknown = Reflect.get(Object(children[child]), 'src');
    const outputs = this.#outputs(child, typeof src === 'string' ? src : '');
    const done = outputs.map((output): Step => ({ do: 'done', child, output }));
    return [...done, { do: 'error', child }];
  }
}

/** Events of all types of the chart and of the options that mean something in a state. */
function eventsOf(
  machine: AnyStateMachine,
  given: Exclude<NonNullable<CheckOptions['events']>, (snapshot: never) => unknown>,
  seed: number,
  count: number,
): (snapshot: AnyMachineSnapshot) => readonly AnyEvent[] {
  const types = new Set([...typesOf(machine, Object.keys(given)), ...Object.keys(given)]);
  const all = [...types].flatMap((type) =>
    drawn(given[type], seed, count).map((carried, at) => eventWith(type, carried, at)),
  );
  const routes = transitionsOf(machine)
    .filter(({ descriptor }) => descriptor === 'xstate.route')
    .flatMap(({ transition }) => transition.target ?? [])
    .map(({ id }: StateNode) => Object.assign({ type: 'xstate.route' }, { to: `#${id}` }));
  const matters = new Matters();
  return (snapshot) => [...all, ...routes].filter(({ type }) => matters.in(snapshot, type));
}

/** Types that a chart names; of each wildcard a type that nothing more specific takes. */
function typesOf(machine: AnyStateMachine, given: readonly string[]): readonly string[] {
  const descriptors = transitionsOf(machine)
    .map(({ descriptor }) => descriptor)
    .filter((descriptor) => descriptor !== '' && !descriptor.startsWith('xstate.'));
  const exact = descriptors.filter((descriptor) => !descriptor.endsWith('*'));
  const wild = descriptors
    .filter((one) => one.endsWith('*') && !given.some((type) => isFirst(one, type, descriptors)))
    .map((one) => typeFor(one, descriptors));
  return [...exact, ...wild];
}

/** Whether a wildcard takes a type that no more specific descriptor takes. */
const isFirst = (wildcard: string, type: string, all: readonly string[]): boolean =>
  takes(wildcard, type) &&
  all.every((one) => {
    const isWider = one.endsWith('*') && one.length <= wildcard.length;
    return isWider || !takes(one, type);
  });

/** A type that a wildcard takes, and no more specific descriptor. */
function typeFor(wildcard: string, all: readonly string[]): string {
  let type = wildcard.replace('*', 'anything');
  for (let count = 2; !isFirst(wildcard, type, all); count += 1) {
    type = wildcard.replace('*', `anything${count}`);
  }
  return type;
}

/** Whether a descriptor takes events of a type. */
export function takes(descriptor: string, type: string): boolean {
  if (descriptor === '*' || descriptor === type) return true;
  if (!descriptor.endsWith('.*')) return false;
  const head = descriptor.slice(0, -2);
  return type === head || type.startsWith(`${head}.`);
}

/** Remembers which states have something for a type; `always` may look at any event. */
class Matters {
  readonly #known = new Map<string, boolean>();

  in(snapshot: AnyMachineSnapshot, type: string): boolean {
    return activeIn(snapshot).some((node) => {
      const key = `${type} ${node.id}`;
      let known = this.#known.get(key);
      if (known === undefined) {
        known =
          Boolean(node.always) || [...node.transitions.keys()].some((one) => takes(one, type));
        this.#known.set(key, known);
      }
      return known;
    });
  }
}

function outputsOf(
  machine: AnyStateMachine,
  given: NonNullable<CheckOptions['outputs']>,
  seed: number,
  count: number,
): (id: string, src: string) => readonly unknown[] {
  const known = new Map<string, readonly unknown[]>();
  return (id, src) => {
    const key = src in given ? src : id;
    let outputs = known.get(key);
    if (outputs === undefined) {
      const canEnd = key in given || mayEnd(sourceOf(machine, src));
      outputs = canEnd ? drawn(given[key], seed, count) : [];
      known.set(key, outputs);
    }
    return outputs;
  };
}

/** What a source is, by its name, or where it is written. */
function sourceOf(machine: AnyStateMachine, src: string): unknown {
  const inline = /^xstate\.invoke\.(\d+)\.(.*)$/.exec(src);
  if (inline === null) return Reflect.get(machine.implementations.actors, src);
  const [, index, id] = inline;
  const node = [machine.root, ...statesOf(machine).map((one) => one.node)].find(
    (one) => one.id === id,
  );
  const invocation: unknown = [node?.config.invoke ?? []].flat()[Number(index)];
  const source: unknown = Reflect.get(Object(invocation), 'src');
  return source;
}

/** A transition function never ends by itself, nor does a machine without a final state. */
function mayEnd(source: unknown): boolean {
  if (isMachine(source)) {
    const { root } = source;
    return [root, ...Object.values(root.states)].some(
      ({ type, states }) =>
        type === 'final' ||
        type === 'parallel' ||
        Object.values(states).some((below) => below.type === 'final'),
    );
  }
  return typeof source !== 'object' || source === null || 'start' in source;
}
