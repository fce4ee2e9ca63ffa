/**
 * Never: places that no story reached, and guards that always answered the same. What follows from
 * the chart alone is said as it is; all else is said with how far was looked.
 */
import type { AnyStateMachine, StateNode } from 'xstate';
import {
  type ChartTransition,
  guardsOf,
  historiesOf,
  placeOf,
  statesOf,
  transitionsOf,
} from '../../charts/index.ts';
import type { CheckOptions } from '../../check.ts';
import type { Ledger, Trouble } from '../ledger.ts';
import { takes } from '../model/choices.ts';
import { isDark } from './unknown.ts';

/** Something that never happened; the story is one in which it could have. */
export type Never = Omit<Trouble, 'trail'> & { readonly trail?: Trouble['trail'] | undefined };

/** What was looked at. */
export interface Looked {
  readonly machine: AnyStateMachine;
  readonly ledger: Ledger;
  /** `in 5,000 states and 200 walks`, or that all was looked at. */
  readonly within: string;
  /** What may be reached by what was not looked at. */
  readonly unknown: ReadonlySet<StateNode>;
}

/** All that never happened. */
export function nevers(looked: Looked, sent: ReadonlySet<string>, options: CheckOptions): Never[] {
  return [
    ...unreachable(looked),
    ...unhandled(looked, sent, options),
    ...sameAnswers(looked),
    ...untaken(looked),
  ];
}

function unreachable({ machine, ledger, within, unknown }: Looked): Never[] {
  const aimed = aimedAt(machine);
  const isReached = (node: StateNode): boolean =>
    node.parent === undefined || ledger.states.has(placeOf(node));
  // What is inside of it is not reached either.
  const states = statesOf(machine).filter(
    ({ node }) =>
      !isReached(node) &&
      !unknown.has(node) &&
      (node.parent === undefined || isReached(node.parent)),
  );
  const histories = historiesOf(machine).filter(({ node }) => !aimed.has(node));
  return [
    ...states.map(({ place, node }): Never => {
      const isAlone = !aimed.has(node);
      const message = isAlone
        ? 'no transition leads to it; let one lead there, or take it out'
        : `it is never reached ${within}; see what guards the transitions to it, or take it out`;
      return { code: 'unreachable-state', place, message };
    }),
    ...histories.map(({ place }): Never => {
      const message = 'no transition leads to this history; let one lead there, or take it out';
      return { code: 'unreachable-state', place, message };
    }),
  ];
}

/** States that something leads to: a transition, what enters its parent, or what is below it. */
function aimedAt(machine: AnyStateMachine): ReadonlySet<StateNode> {
  const aimed = new Set<StateNode>([machine.root]);
  for (const { transition } of transitionsOf(machine)) {
    for (const target of transition.target ?? []) {
      for (let node: StateNode | undefined = target; node !== undefined; node = node.parent) {
        aimed.add(node);
      }
    }
  }
  for (const node of aimed) {
    const inner =
      node.type === 'parallel' ? Object.values(node.states) : (node.initial?.target ?? []);
    for (const child of inner) aimed.add(child);
    if (node.type === 'history') for (const one of rememberedBy(node)) aimed.add(one);
  }
  return aimed;
}

/** What a history leads to by itself; what it remembers was reached otherwise. */
function rememberedBy({ config, parent }: StateNode): readonly StateNode[] {
  const keys = [config.target ?? []].flat().map(String);
  return keys.flatMap((key) => parent?.states[key] ?? []);
}

function unhandled(
  { machine, ledger, within, unknown }: Looked,
  sent: ReadonlySet<string>,
  { events }: CheckOptions,
): Never[] {
  const declared = typeof events === 'function' ? [...sent] : Object.keys(events ?? {});
  const reached = [machine.root, ...statesOf(machine).map(({ node }) => node)].filter(
    (node) => node === machine.root || ledger.states.has(placeOf(node)) || unknown.has(node),
  );
  const isHandled = (type: string): boolean =>
    reached.some(({ transitions }) => [...transitions.keys()].some((one) => takes(one, type)));
  return declared
    .filter((type) => !isHandled(type))
    .map((type): Never => {
      const message = `no state that was reached ${within} handles it; handle it, or don't send it`;
      return { code: 'event-never-handled', place: type, message };
    });
}

function sameAnswers({ machine, ledger, within, unknown }: Looked): Never[] {
  const told = new Set<string>();
  const hidden = hiddenIn(machine, unknown);
  return guardsOf(machine).flatMap(({ place, partOf, transition }): Never[] => {
    const [yes, no] = [ledger.isTrue.get(place) ?? 0, ledger.isFalse.get(place) ?? 0];
    const isOfTold = partOf !== undefined && told.has(partOf);
    if (yes + no === 0 || (yes > 0 && no > 0) || isOfTold || hidden.has(transition)) {
      if (isOfTold) told.add(place);
      return [];
    }
    told.add(place);
    const trail = ledger.askedIn(place);
    const asked = `in ${yes + no} answers ${within}`;
    if (yes > 0) {
      const message = `it was never false ${asked}; take it out, or see what it is to keep away`;
      return [{ code: 'guard-never-false', place, message, trail }];
    }
    const message = `it was never true ${asked}, so it keeps ${transition} shut; ${giveMore}`;
    return [{ code: 'guard-never-true', place, message, trail }];
  });
}

/** Transitions of states that may be reached by what was not looked at. */
const hiddenIn = (machine: AnyStateMachine, unknown: ReadonlySet<StateNode>): ReadonlySet<string> =>
  new Set(
    transitionsOf(machine)
      .filter(({ node }) => unknown.has(node))
      .map(({ place }) => place),
  );

/** Of states that were reached; where a guard was always false, that is said of the guard. */
function untaken({ machine, ledger, within, unknown }: Looked): Never[] {
  const refused = new Set(
    guardsOf(machine)
      .filter(({ place, partOf }) => partOf === undefined && ledger.isFalse.has(place))
      .filter(({ place }) => !ledger.isTrue.has(place))
      .map(({ transition }) => transition),
  );
  const all = transitionsOf(machine);
  return all
    .filter((one) => {
      const { node, place } = one;
      if (isDark(place, ledger)) return false;
      if (unknown.has(node) && shadowOf(one, all) === undefined) return false;
      const isReached = node === machine.root || ledger.states.has(placeOf(node));
      return isReached && !ledger.transitions.has(place) && !refused.has(place);
    })
    .map(
      (one): Never => ({
        code: 'transition-never-taken',
        place: one.place,
        message: whyUntaken(one, all, within),
      }),
    );
}

/** What comes before a transition and leaves nothing to it. */
const shadowOf = (
  { node, descriptor, index }: ChartTransition,
  all: readonly ChartTransition[],
): ChartTransition | undefined =>
  all.find(
    (other) =>
      other.node === node &&
      other.descriptor === descriptor &&
      other.index < index &&
      other.transition.guard === undefined,
  );

function whyUntaken(
  transition: ChartTransition,
  all: readonly ChartTransition[],
  within: string,
): string {
  const { descriptor } = transition;
  const before = shadowOf(transition, all);
  if (before !== undefined) {
    return `${before.place} has no guard and comes first; change their order, or take it out`;
  }
  if (descriptor.startsWith('xstate.snapshot.')) {
    return `snapshots of actors are not modelled; give them as events ${descriptor}`;
  }
  return `it is never taken ${within}; ${giveMore}`;
}

const giveMore = 'give events, outputs or inputs that lead to it, or take it out';
