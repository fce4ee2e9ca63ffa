/**
 * A fleet: machines with timers, children inside children and promises, which do what their
 * mail says. What comes from outside carries a number `n`; what follows from it carries it as `m`.
 */
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  cancel,
  enqueueActions,
  fromPromise,
  sendParent,
  setup,
} from 'xstate';
import { idempotencyKey } from '../../../src/engine/index.ts';

/** What is asked of the world outside. */
export interface Call {
  readonly key: string;
  readonly life: number;
  readonly signal: AbortSignal;
  settle(isOk: boolean): void;
  isSettled: boolean;
}

/** The world outside, which outlives the process. */
export interface World {
  life: number;
  readonly calls: Call[];
}

const bell = setup({}).createMachine({
  id: 'bell',
  initial: 'hangs',
  states: { hangs: { after: { 30: 'rung' } }, rung: { type: 'final' } },
});

const fault = (): never => {
  throw new RangeError('a fault');
};

const mate = setup({
  types: {} as { events: AnyEventObject },
  actors: { bell },
  actions: { fault: assign(fault) },
}).createMachine({
  id: 'mate',
  initial: 'awake',
  on: {
    NOTE: { actions: sendParent(({ event }) => ({ type: 'REPLY', m: event.m })) },
    SINK: { actions: 'fault' },
  },
  states: {
    awake: { invoke: { src: 'bell', id: 'bell', onDone: 'tired' } },
    tired: { entry: sendParent({ type: 'BELL' }), after: { 40: 'awake' } },
  },
});

const has = (self: AnyActorRef, { to }: AnyEventObject): boolean =>
  self.getSnapshot().children[`c${to}`] !== undefined;
const timerOf = ({ event }: { event: AnyEventObject }): string => `t${event.m}`;

/** A boat in this world. */
export function boatIn(world: World): AnyStateMachine {
  return setup({
    types: {} as { events: AnyEventObject; context: { answers: number } },
    actors: { mate, ask: fromPromise(({ self, signal }) => ask(world, self as never, signal)) },
    actions: { fault: assign(fault), fail: fault, silent: () => undefined },
  }).createMachine({
    id: 'boat',
    type: 'parallel',
    context: { answers: 0 },
    invoke: { src: 'ask', id: 'log', onDone: {}, onError: {} },
    on: {
      NOTE: {},
      POISON: { actions: 'fault' },
      FAIL: { actions: 'fail' },
      ARM: {
        actions: enqueueActions(({ enqueue, event: { n, ms } }) => {
          enqueue.raise({ type: 'FIRED', m: n }, { id: `t${n}`, delay: ms });
        }),
      },
      DISARM: { actions: cancel(timerOf) },
      SPAWN: {
        actions: enqueueActions(({ enqueue, event, self }) => {
          if (!has(self, event)) enqueue.spawnChild('mate', { id: `c${event.to}` });
        }),
      },
      DROP: {
        actions: enqueueActions(({ enqueue, event, self }) => {
          if (has(self, event)) enqueue.stopChild(`c${event.to}`);
        }),
      },
      TELL: {
        actions: enqueueActions(({ enqueue, event, self }) => {
          if (has(self, event)) enqueue.sendTo(`c${event.to}`, { type: 'NOTE', m: event.n });
        }),
      },
      LATER: {
        actions: enqueueActions(({ enqueue, event, self }) => {
          const note = { type: 'NOTE', m: event.n };
          if (has(self, event)) enqueue.sendTo(`c${event.to}`, note, { delay: event.ms });
        }),
      },
      SINK: {
        actions: enqueueActions(({ enqueue, event, self }) => {
          if (has(self, event)) enqueue.sendTo(`c${event.to}`, { type: 'SINK' });
        }),
      },
      END: '.helm.over',
    },
    states: {
      helm: { initial: 'manned', states: { manned: {}, over: { type: 'final' } } },
      radio: {
        initial: 'off',
        states: {
          off: { on: { ASK: 'on', END: 'over' } },
          on: {
            invoke: {
              src: 'ask',
              id: 'ask',
              onDone: {
                target: 'off',
                actions: assign({ answers: ({ context }) => context.answers + 1 }),
              },
            },
            on: { HUSH: 'off', END: 'over' },
          },
          over: { type: 'final' },
        },
      },
    },
  });
}

function ask(
  world: World,
  self: Parameters<typeof idempotencyKey>[0],
  signal: AbortSignal,
): Promise<unknown> {
  const key = idempotencyKey(self);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const call: Call = {
    key,
    life: world.life,
    signal,
    isSettled: false,
    settle: (isOk) => {
      call.isSettled = true;
      if (isOk) resolve({ key });
      else reject(new RangeError('no answer'));
    },
  };
  world.calls.push(call);
  return promise;
}
