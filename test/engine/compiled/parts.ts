/**
 * Parts of charts by name: every kind of guard and action that XState has, and a user's own.
 */
import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromTransition,
  log,
  not,
  or,
  raise,
  sendParent,
  sendTo,
  spawnChild,
  stateIn,
  stopChild,
} from 'xstate';
import { effect } from '../../../src/protocol/index.ts';

interface Args {
  readonly context: { readonly n: number; readonly seen: readonly string[] };
  readonly event: { readonly type: string; readonly n?: number };
}

const isEven = ({ context }: Args): boolean => context.n % 2 === 0;
const fault = (): never => {
  throw new RangeError('a fault of the chart');
};

/** A child that answers, one that is done at once, one that fails at once. */
const echo = fromTransition((state: number) => state + 1, 0);
const ender = createMachine({ initial: 'end', states: { end: { type: 'final' } }, output: 'over' });
const failing = createMachine({ entry: fault });

/** What names in charts stand for. */
export const implementations = {
  guards: {
    even: isEven,
    odd: not('even'),
    alias: 'even',
    below: ({ context }: Args, params: { readonly max: number }) => context.n < params.max,
    throwing: fault,
  },
  actions: {
    tell: effect<unknown>(),
    own: ({ context }: Args) => context.n,
    add: assign({ n: ({ context }: Args) => context.n + 1 }),
    addBy: assign(({ context }: Args, params: { readonly by: number }) => ({
      n: context.n + params.by,
      seen: [...context.seen, `by ${params.by}`].slice(-5),
    })),
    throwing: fault,
    raiseB: raise({ type: 'b' }),
    queue: enqueueActions(({ enqueue, check, context }) => {
      if (check('even')) enqueue.assign({ n: context.n + 3 });
      enqueue('tell');
      enqueue({ type: 'tell', params: { n: context.n } });
      if (check('odd')) enqueue.raise({ type: 'c' });
    }),
  },
  delays: { pause: 20, later: ({ context }: Args) => context.n * 10 },
  actors: { echo, ender, failing },
};

interface Beginning {
  readonly input: unknown;
  readonly self: unknown;
  readonly spawn: (src: string, options: object) => unknown;
}

/** Contexts: the same for all, or made of an input. */
export const contexts = {
  fixed: { n: 0, seen: [] },
  ofInput: ({ input, self }: Beginning) => ({ n: 1, seen: [], input, self }),
  spawning: ({ spawn }: Beginning) => ({
    n: 2,
    seen: [],
    child: spawn('echo', { id: 'spawned', input: ({ context }: Args) => context }),
  }),
  throwing: fault,
};

const n = ({ context }: Args) => ({ n: context.n });

const guards: Readonly<Record<string, (ids: readonly string[]) => unknown>> = {
  even: () => 'even',
  odd: () => 'odd',
  alias: () => 'alias',
  inline: () => isEven,
  anonymous: () => (args: Args) => args.event.n !== 3,
  named: () => ({ type: 'even' }),
  below: () => ({ type: 'below', params: { max: 5 } }),
  belowSome: () => ({ type: 'below', params: ({ event }: Args) => ({ max: event.n ?? 4 }) }),
  both: () => and(['even', { type: 'below', params: { max: 6 } } as never]),
  either: () => or([not('even'), isEven as never]),
  neither: () => not(and(['even', 'odd'])),
  inside: (ids) => stateIn(`#${ids[ids.length - 1]}`),
  outside: (ids) => not(stateIn(`#${ids[1] ?? ids[0]}`)),
  matching: () => stateIn('k0'),
  throwing: () => 'throwing',
  throwingInline: () => fault,
};

const actions: Readonly<Record<string, () => unknown>> = {
  tell: () => 'tell',
  tellData: () => ({ type: 'tell', params: { fixed: true } }),
  tellSome: () => ({
    type: 'tell',
    params: ({ context, event }: Args) => ({ n: context.n, by: event.type }),
  }),
  own: () => 'own',
  ownInline: () => isEven,
  anonymous: () =>
    (
      () => () =>
        undefined
    )(),
  missing: () => 'missing',
  missingData: () => ({ type: 'missing', params: n }),
  add: () => 'add',
  addBy: () => ({ type: 'addBy', params: { by: 2 } }),
  addBySome: () => ({ type: 'addBy', params: ({ event }: Args) => ({ by: event.n ?? 1 }) }),
  addInline: () => assign({ n: ({ context }: Args) => context.n + 1 }),
  note: () => assign({ seen: ({ event }: Args) => [event.type], n: 7 }),
  nothing: () => assign({}),
  spawn: () =>
    assign(({ spawn }: { readonly spawn: (src: 'echo', options: object) => unknown }) => ({
      child: spawn('echo', { id: 'spawned' }),
    })),
  raise: () => raise({ type: 'c' }),
  raiseB: () => 'raiseB',
  raiseSome: () => raise((({ context }: Args) => ({ type: 'x.y', n: context.n })) as never),
  raiseWild: () => raise({ type: 'unknown' }),
  raiseLate: () => raise({ type: 'a' }, { delay: 15, id: 'late' }),
  raiseLater: () => raise({ type: 'b' }, { delay: 'later' as never }),
  cancel: () => cancel('late'),
  self: () => sendTo(({ self }) => self, { type: 'b' }, { delay: 5 }),
  child: () => sendTo('spawned', { type: 'a' }),
  parent: () => sendParent({ type: 'a' }),
  invoked: () => sendTo('0.s2', { type: 'a' }),
  emit: () => emit((({ context }: Args) => ({ type: 'told', n: context.n })) as never),
  log: () => log((({ context }: Args) => context.n) as never, 'n'),
  queue: () => 'queue',
  queueInline: () =>
    enqueueActions(({ enqueue }) => {
      enqueue.raise({ type: 'x' });
      enqueue.spawnChild('echo' as never, { id: 'spawned' } as never);
      enqueue.stopChild('spawned');
      enqueue(isEven as never);
    }),
  spawnChild: () => spawnChild('echo' as never, { id: 'spawned', syncSnapshot: true } as never),
  spawnEnder: () => spawnChild('ender' as never, { id: 'ender' } as never),
  stopChild: () => stopChild('spawned'),
  throwing: () => 'throwing',
  throwingAssign: () => assign(fault),
};

/** Names of guards; what throws comes seldom. */
export const guardNames: readonly string[] = oftener(Object.keys(guards));
/** Names of actions; what throws comes seldom. */
export const actionNames: readonly string[] = oftener(Object.keys(actions));

function oftener(names: readonly string[]): readonly string[] {
  const isSeldom = (name: string) => /throwing|parent|invoked|child$/.test(name);
  return names.flatMap((name) =>
    isSeldom(name) ? [name] : Array.from({ length: 12 }, () => name),
  );
}

/** The guard of a name. */
export const makeGuard = (name: string, ids: readonly string[]): unknown => guards[name]?.(ids);
/** The action of a name. */
export const makeAction = (name: string): unknown => actions[name]?.();
