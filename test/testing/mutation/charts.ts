/** Charts by chance: small ones, with every kind of transition, guard and action. */
import fc from 'fast-check';
import { type AnyStateMachine, and, assign, createMachine, not, or, setup } from 'xstate';

/** Guards as formulas over the flags of a context. */
export type Formula =
  | { readonly of: 'flag'; readonly flag: Flag; readonly how: 'named' | 'params' | 'inline' }
  | { readonly of: 'not'; readonly parts: readonly [Formula] }
  | { readonly of: 'and' | 'or'; readonly parts: readonly Formula[] };

/** A flag of the context. */
export type Flag = 'a' | 'b' | 'c';
/** The context of the charts. */
export type Flags = Readonly<Record<Flag, boolean>>;

/** All contexts. */
export const allFlags: readonly Flags[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  a: (bits & 1) > 0,
  b: (bits & 2) > 0,
  c: (bits & 4) > 0,
}));

const flags = fc.record({
  of: fc.constant('flag' as const),
  flag: fc.constantFrom<Flag[]>('a', 'b', 'c'),
  how: fc.constantFrom('named' as const, 'params' as const, 'inline' as const),
});

/** Formulas, three deep at most. */
export const formulas: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3 },
    flags,
    fc.record({ of: fc.constant('not' as const), parts: fc.tuple(tie('formula')) }),
    fc.record({
      of: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('formula'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).formula;

/** What a formula says of a context. */
export function holds(formula: Formula, context: Flags): boolean {
  if (formula.of === 'flag') return context[formula.flag];
  const parts = formula.parts.map((part) => holds(part, context));
  if (formula.of === 'not') return !parts[0];
  return formula.of === 'and' ? parts.every(Boolean) : parts.some(Boolean);
}

/** A formula as XState takes it. */
export function guardOf(formula: Formula): unknown {
  if (formula.of === 'flag') {
    const { flag, how } = formula;
    if (how === 'named') return flag;
    if (how === 'params') return { type: 'isFlag', params: { flag } };
    return ({ context }: { readonly context: Flags }) => context[flag];
  }
  const parts = formula.parts.map(guardOf);
  if (formula.of === 'not') return Reflect.apply(not, undefined, parts);
  return Reflect.apply(formula.of === 'and' ? and : or, undefined, [parts]);
}

/** Implementations that the charts refer to. */
const implementations = {
  guards: {
    a: ({ context }: { readonly context: Flags }) => context.a,
    b: ({ context }: { readonly context: Flags }) => context.b,
    c: ({ context }: { readonly context: Flags }) => context.c,
    isFlag: ({ context }: { readonly context: Flags }, params: { readonly flag: Flag }) =>
      context[params.flag],
  },
  actions: { note: () => undefined, tell: () => undefined },
  delays: { soon: 10 },
};

/** A machine of a config, whatever it says. */
export const machineOf = (config: object): AnyStateMachine =>
  Reflect.apply(createMachine, undefined, [config, implementations]);

const actions: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  'note',
  'tell',
  { type: 'tell', params: { to: 'x' } },
  assign({ a: true }),
  function counted() {},
  () => undefined,
);

const actionLists: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(undefined),
  actions,
  fc.array(actions, { minLength: 1, maxLength: 3 }),
);

const STATES = ['one', 'two', 'three'] as const;
const targets = fc.constantFrom<string>(...STATES.map((state) => `#chart.${state}`));

const transitions: fc.Arbitrary<unknown> = fc.oneof(
  targets,
  fc.record({
    target: fc.option(targets, { nil: undefined }),
    guard: fc.option(formulas.map(guardOf), { nil: undefined }),
    actions: actionLists,
  }),
);

const lists: fc.Arbitrary<unknown> = fc.oneof(
  transitions,
  fc.array(transitions, { minLength: 1, maxLength: 3 }),
);

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const stateConfigs = fc
  .record({
    on: fc.dictionary(fc.constantFrom('GO', 'STOP', '*'), lists, { noNullPrototype: true }),
    after: optional(fc.dictionary(fc.constantFrom('5', 'soon'), lists, { noNullPrototype: true })),
    entry: actionLists,
    exit: actionLists,
    invoke: optional(
      fc.record({ src: fc.constant('job'), onDone: lists, onError: optional(lists) }),
    ),
    nested: fc.boolean(),
    onDone: optional(lists),
  })
  .map(({ nested, onDone, ...config }) => {
    const inner = {
      initial: { target: 'in', actions: 'note' },
      states: { in: {}, end: { type: 'final' } },
    };
    return defined(nested ? { ...config, ...inner, onDone } : config);
  });

const defined = (config: object): object =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));

/** Charts with three states. No `always`, which would not come to rest by chance. */
export const charts: fc.Arbitrary<AnyStateMachine> = fc
  .tuple(stateConfigs, stateConfigs, stateConfigs, lists)
  .map(([one, two, three, stop]) =>
    machineOf({
      id: 'chart',
      initial: 'one',
      context: { a: true, b: false, c: false },
      on: { STOP: stop },
      states: { one, two, three },
    }),
  );

/** A machine that has what charts by chance have not: `always`, parallel and history states. */
export const door = setup({
  types: {
    context: {} as { count: number },
    events: {} as { type: 'OPEN' } | { type: 'CLOSE' } | { type: 'LOCK' },
  },
  guards: {
    isWorn: ({ context }) => context.count > 2,
    isBelow: ({ context }, { max }: { max: number }) => context.count < max,
  },
  actions: { count: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'door',
  initial: 'shut',
  context: { count: 0 },
  states: {
    shut: {
      on: {
        OPEN: { target: 'open', guard: { type: 'isBelow', params: { max: 4 } } },
        LOCK: 'locked',
      },
    },
    open: {
      entry: 'count',
      always: { guard: 'isWorn', target: 'worn' },
      after: { 1000: 'shut' },
      on: { CLOSE: 'shut' },
    },
    locked: {
      type: 'parallel',
      states: { bolt: { initial: 'in', states: { in: {} } }, chain: {} },
      on: { OPEN: 'shut' },
    },
    worn: { type: 'final' },
  },
});
