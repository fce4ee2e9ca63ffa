/**
 * Charts at random: a tree of states of every kind, then transitions between any two of them, with
 * all of XState's guards and actions and a user's own. Targets are not asked to make sense: what
 * the interpreter makes of nonsense, compiled steps make of it too.
 *
 * A chart is plain data until `machineOf` builds it, so that a counterexample shrinks and prints.
 */
import fc from 'fast-check';
import { type AnyStateMachine, createMachine } from 'xstate';
import {
  actionNames,
  contexts,
  guardNames,
  implementations,
  makeAction,
  makeGuard,
} from './parts.ts';

/** A state. */
export interface State {
  readonly kind: 'plain' | 'parallel' | 'final' | 'shallow' | 'deep';
  readonly below: readonly State[];
  readonly on: readonly Transition[];
  readonly always: readonly Transition[];
  readonly after: readonly Transition[];
  readonly onDone: readonly Transition[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly initialActions: readonly string[];
  readonly invoke: readonly ('echo' | 'ender' | 'failing')[];
  /** Which child is initial, or which sibling a history leads to; 0 for none there. */
  readonly pick: number;
  readonly hasTag: boolean;
  readonly hasOutput: boolean;
}

/** A transition; states are picked modulo their number. */
export interface Transition {
  readonly type: string;
  readonly targets: readonly number[];
  readonly reenter: boolean;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
}

/** A machine. */
export interface Chart {
  readonly root: State;
  readonly hasOutput: boolean;
  /** What the context is made of. */
  readonly begins: keyof typeof contexts;
}

/** What happens to an actor. */
export interface Beat {
  readonly type: string;
  /** Seldom: a state for the id in XState's own events. */
  readonly place: number;
  readonly n: number;
}

const eventTypes = ['a', 'b', 'c', 'x', 'x.y', 'x.y.z', 'xy'] as const;
const descriptors = [...eventTypes, '*', 'x.*', 'x.y.*'] as const;

const actions = (most: number) =>
  fc.array(fc.constantFrom(...actionNames), { maxLength: most, size: 'max' });
const guards = fc.option(fc.constantFrom(...guardNames), { nil: undefined, freq: 2 });

function transitions(most: number, isGuarded = false): fc.Arbitrary<Transition[]> {
  const transition = fc.record({
    type: fc.constantFrom(...descriptors),
    targets: fc.oneof(
      { weight: 8, arbitrary: fc.array(fc.nat(40), { minLength: 1, maxLength: 1 }) },
      { weight: 2, arbitrary: fc.constant<number[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(40), { maxLength: 3 }) },
    ),
    reenter: fc.boolean(),
    guard: isGuarded ? fc.constantFrom(...guardNames) : guards,
    actions: actions(2),
  });
  return fc.array(transition, { maxLength: most, size: 'max' });
}

const seldom = <Item>(items: fc.Arbitrary<Item[]>): fc.Arbitrary<Item[]> =>
  fc.oneof({ weight: 3, arbitrary: items.map(() => []) }, { weight: 1, arbitrary: items });

function states(depth: number): fc.Arbitrary<State> {
  const below: fc.Arbitrary<State[]> =
    depth === 0
      ? fc.constant<State[]>([])
      : fc.oneof(
          { weight: 2, arbitrary: fc.constant<State[]>([]) },
          { weight: 3, arbitrary: fc.array(states(depth - 1), { minLength: 1, maxLength: 3 }) },
        );
  return fc.record({
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constant('plain' as const) },
      { weight: 3, arbitrary: fc.constant('parallel' as const) },
      { weight: 3, arbitrary: fc.constant('final' as const) },
      { weight: 1, arbitrary: fc.constantFrom('shallow' as const, 'deep' as const) },
    ),
    below,
    on: transitions(4),
    always: seldom(transitions(2, true)),
    after: seldom(transitions(2)),
    onDone: seldom(transitions(2)),
    entry: actions(2),
    exit: actions(2),
    initialActions: seldom(actions(1)),
    invoke: seldom(fc.array(fc.constantFrom('echo', 'ender', 'failing'), { maxLength: 2 })),
    pick: fc.nat(5),
    hasTag: fc.boolean(),
    hasOutput: fc.boolean(),
  });
}

/** Charts up to four levels deep. */
export const charts: fc.Arbitrary<Chart> = fc.record({
  root: states(3).filter(({ below }) => below.length > 0),
  hasOutput: fc.boolean(),
  begins: fc.constantFrom(
    ...(['fixed', 'fixed', 'ofInput', 'ofInput', 'spawning'] as const),
    ...(['ofInput', 'ofInput', 'spawning', 'throwing'] as const),
  ),
});

/** Events that a chart may know, now and then one of XState's own. */
export const stories: fc.Arbitrary<Beat[]> = fc.array(
  fc.record({
    type: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...eventTypes) },
      {
        weight: 5,
        arbitrary: fc.constantFrom('unknown', 'done.state', 'done.actor', 'error.actor', 'after'),
      },
      { weight: 1, arbitrary: fc.constantFrom('*', 'xstate.init', 'xstate.stop', 'error.foreign') },
    ),
    place: fc.nat(40),
    n: fc.nat(9),
  }),
  { minLength: 1, maxLength: 25, size: 'max' },
);

/** The event of a beat. */
export function eventOf({ type, place, n }: Beat): { readonly type: string; readonly n: number } {
  const id = `s${place % 12}`;
  const own: Readonly<Record<string, string>> = {
    'done.state': `xstate.done.state.${id}`,
    'done.actor': `xstate.done.actor.${place % 2}.${id}`,
    'error.actor': `xstate.error.actor.${place % 2}.${id}`,
    'error.foreign': 'xstate.error.actor.foreign',
    after: `xstate.after.${place % 2 === 0 ? 10 : 'pause'}.${id}`,
  };
  return { type: own[type] ?? type, n };
}

/** The machine of a chart. */
export function machineOf({ root, hasOutput, begins }: Chart): AnyStateMachine {
  const building = { ids: idsOf(root), next: 0 };
  const { id: _, ...config } = stateOf({ ...root, kind: rootKind(root) }, building);
  const whole = {
    ...config,
    id: 's0',
    context: contexts[begins],
    options: { maxIterations: 25 },
    ...(hasOutput ? { output: ({ context, event }: Seen) => ({ n: context.n, event }) } : {}),
  };
  return createMachine(whole as never, implementations as never);
}

interface Seen {
  readonly context: { readonly n: number };
  readonly event: unknown;
}

const rootKind = ({ kind }: State) => (kind === 'parallel' ? 'parallel' : 'plain');

/** Ids in document order: `s0` is the root. */
function idsOf(root: State): readonly string[] {
  const count = (state: State): number =>
    1 + belowOf(state).reduce((sum, child) => sum + count(child), 0);
  return Array.from({ length: count(root) }, (_, index) => `s${index}`);
}

const belowOf = ({ kind, below }: State): readonly State[] =>
  kind === 'plain' || kind === 'parallel' ? below : [];

interface Building {
  readonly ids: readonly string[];
  next: number;
}

function stateOf(state: State, building: Building): Record<string, unknown> {
  const id = building.ids[building.next] ?? '';
  building.next += 1;
  const below = belowOf(state);
  if (state.kind === 'shallow' || state.kind === 'deep')
    return { id, type: 'history', ...past(state) };
  const keyed = below.map((child, index) => [keyOf(index), stateOf(child, building)] as const);
  const to = (transition: Transition) => transitionOf(transition, building.ids);
  return {
    id,
    ...(state.kind === 'final' ? { type: 'final' } : {}),
    ...(state.kind === 'parallel' && below.length > 0 ? { type: 'parallel' } : {}),
    ...(state.kind === 'plain' && below.length > 0 ? { initial: initialOf(state) } : {}),
    ...(below.length > 0 ? { states: Object.fromEntries(keyed) } : {}),
    on: grouped(state.on, ({ type }) => type, to),
    always: state.always.map(to),
    after: grouped(state.after, ({ type }) => (type.length > 1 ? '10' : 'pause'), to),
    onDone: state.onDone.map(to),
    entry: state.entry.map(makeAction),
    exit: state.exit.map(makeAction),
    invoke: state.invoke.map((src, index) => ({
      src,
      id: `${index}.${id}`,
      ...(index === 0 ? { onDone: state.onDone.map(to), onError: state.onDone.map(to) } : {}),
    })),
    ...(state.hasTag ? { tags: [`tag ${id}`, 'tag'] } : {}),
    ...(state.kind === 'final' && state.hasOutput ? { output: outputOf(state.pick) } : {}),
  };
}

const keyOf = (index: number): string => `k${index}`;

/** A machine may begin in a state that remembers others. */
function initialOf({ below, pick, initialActions }: State): unknown {
  const target = keyOf(pick % below.length);
  if (initialActions.length === 0) return target;
  return { target, actions: initialActions.map(makeAction) };
}

const past = ({ kind, pick }: State) => ({
  history: kind,
  ...(pick > 3 ? { target: keyOf(0) } : {}),
});

const outputOf = (pick: number): unknown =>
  pick % 2 === 0 ? { pick } : ({ context }: Seen) => ({ n: context.n });

function transitionOf(transition: Transition, ids: readonly string[]): Record<string, unknown> {
  const { targets, reenter, guard, actions: names } = transition;
  const target = targets.map((place) => `#${ids[place % ids.length]}`);
  return {
    ...(target.length > 0 ? { target: target.length === 1 ? target[0] : target } : {}),
    ...(reenter ? { reenter } : {}),
    ...(guard === undefined ? {} : { guard: makeGuard(guard, ids) }),
    actions: names.map(makeAction),
  };
}

function grouped(
  all: readonly Transition[],
  key: (transition: Transition) => string,
  to: (transition: Transition) => unknown,
): Record<string, unknown[]> {
  const groups: Record<string, unknown[]> = {};
  for (const transition of all) {
    const name = key(transition);
    groups[name] = [...(groups[name] ?? []), to(transition)];
  }
  return groups;
}
