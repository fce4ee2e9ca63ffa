/** What charts at random meet too seldom, and what stays with the interpreter. */
import { expect, test } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  assign,
  createMachine,
  enqueueActions,
  fromTransition,
  sendTo,
} from 'xstate';
import { isSeenThrough } from '../../../src/engine/compiled/chart/seen-through.ts';
import { initialSnapshot } from '../../../src/engine/compiled/transition.ts';
import { limits } from '../../../src/protocol/index.ts';
import { holdBegin, holdStep, tellBoth } from './both.ts';

const told: string[] = [];
const tell = (text: string) => () => void told.push(text);

/** Tells a story of bare event types on both sides; all of it has to be taken by tables. */
function same(machine: AnyStateMachine, ...types: readonly string[]): void {
  const { steps, compiled } = tellBoth(
    machine,
    types.map((type) => ({ type })),
  );
  expect([steps, compiled]).toEqual([types.length, types.length]);
}

test('given a state left for its own history, then it remembers what it just left', () => {
  const machine = createMachine({
    initial: 'on',
    states: {
      on: {
        initial: 'a',
        on: { again: '.past', next: '.b' },
        states: { a: { entry: tell('a') }, b: { entry: tell('b') }, past: { type: 'history' } },
      },
    },
  });
  same(machine, 'again', 'next', 'again', 'again');
  const reentering = createMachine({
    initial: 'on',
    states: {
      on: {
        initial: 'a',
        on: { again: { target: '#past', reenter: true }, next: '.b' },
        states: {
          a: {},
          b: { entry: tell('b') },
          past: { id: 'past', type: 'history', history: 'deep' },
        },
      },
    },
  });
  same(reentering, 'next', 'again', 'next', 'again');
});

test('given a history without past, then the initial actions of its parent are taken', () => {
  const machine = createMachine({
    initial: 'off',
    states: {
      off: { on: { go: 'on.past' } },
      on: {
        initial: { target: 'a', actions: tell('initial') },
        on: { stop: 'off' },
        states: { a: { entry: tell('a') }, past: { type: 'history' } },
      },
    },
  });
  same(machine, 'go', 'stop', 'go');
});

test('given an outer and an inner transition without event, then the inner one wins', () => {
  const machine = createMachine({
    initial: 'idle',
    states: {
      idle: { on: { go: 'busy' } },
      busy: {
        type: 'parallel',
        always: 'idle',
        states: {
          left: { initial: 'a', states: { a: {} } },
          right: { initial: 'a', states: { a: { always: 'b' }, b: { entry: tell('b') } } },
        },
      },
    },
  });
  same(machine, 'go', 'go');
});

test('given several targets, the source among them, then it is entered like the others', () => {
  const machine = createMachine({
    type: 'parallel',
    states: {
      left: {
        id: 'left',
        initial: { target: 'a', actions: tell('left') },
        on: { go: { target: ['#left', '#rb'] } },
        states: { a: {} },
      },
      right: { initial: 'a', states: { a: {}, b: { id: 'rb', entry: tell('b') } } },
    },
  });
  same(machine, 'go', 'go');
});

test('given regions that are all done, then the output of the root is asked once', () => {
  let asked = 0;
  const machine = createMachine({
    type: 'parallel',
    states: {
      a: { initial: 'x', states: { x: { on: { go: 'end' } }, end: { type: 'final' } } },
      b: { initial: 'x', states: { x: { on: { go: 'end' } }, end: { type: 'final' } } },
    },
    output: ({ event }) => {
      asked += 1;
      return event;
    },
  });
  same(machine, 'go');
  expect(asked).toBe(2);
});

test('given queued actions at entry, then they reach the child that the state invokes', () => {
  const machine = createMachine({
    initial: 'idle',
    states: {
      idle: { on: { go: 'busy' } },
      busy: {
        invoke: { id: 'child', src: fromTransition((state: number) => state + 1, 0) },
        entry: enqueueActions(({ enqueue }) => {
          enqueue(sendTo('child', { type: 'hello' }));
          enqueue.sendTo('child', { type: 'again' });
        }),
        on: { stop: 'idle' },
      },
    },
  });
  same(machine, 'go', 'stop');
});

test('given a context that is the same for all, then every actor begins with it', () => {
  const machine = createMachine({ context: { n: 0 } });
  const system = { _sendInspectionEvent: () => undefined };
  const scope = { self: undefined, system, actionExecutor: () => undefined };
  const [one, other] = [1, 2].map((input) => initialSnapshot(machine, input, scope));
  expect(one?.context).toBe(machine.config.context);
  expect(other?.context).toBe(machine.config.context);
  expect(other?.children).not.toBe(one?.children);
});

test('given initial actions of the root, then they are taken once', () => {
  const machine = createMachine({
    initial: { target: 'a', actions: 'tell' },
    states: { a: { entry: 'tell' } },
  });
  expect(holdBegin(machine, undefined)).toBe(true);
});

test('given no context, then assign is refused in the words of XState', () => {
  const machine = createMachine({ on: { go: { actions: assign({ n: 1 }) } } });
  const known: AnyMachineSnapshot = machine.resolveState({ value: {} });
  const snapshot = Object.assign({}, known, { context: undefined });
  expect(holdStep(snapshot, { type: 'go' })).toBe(true);
});

test('given a guard that throws what is no error, then the same is thrown', () => {
  for (const thrown of [undefined, null, 'text', { message: 'object' }]) {
    const guard = (): never => {
      throw thrown;
    };
    same(createMachine({ on: { go: { guard, actions: tell('never') } } }), 'go');
  }
});

test('given more configurations than are kept, then steps go on as before', () => {
  const region = { initial: 'a', states: { a: { on: {} }, b: {} } };
  const count = Math.ceil(Math.log2(limits.compiledConfigurations)) + 1;
  const regions = Array.from({ length: count }, (_, index) => {
    const to = { on: { [`bit ${index}`]: 'b' } };
    const fro = { on: { [`bit ${index}`]: 'a' } };
    return [`r${index}`, { ...region, states: { a: to, b: fro } }] as const;
  });
  const machine = createMachine({ type: 'parallel', states: Object.fromEntries(regions) });
  const bitOf = (n: number): number => 31 - Math.clz32(n & -n);
  const gray = Array.from({ length: 2 ** count }, (_, n) => `bit ${bitOf(n + 1) % count}`);
  same(machine, ...gray);
});

test('machines out of the ordinary stay with the interpreter', () => {
  const odd: Readonly<Record<string, AnyStateMachine>> = {
    'a guard that is nowhere': createMachine({ on: { go: { guard: 'nowhere' } } }),
    'a wildcard in the middle': createMachine({ on: { 'a.*.b': {} } }),
    'a key like an id': createMachine({ initial: '#a', states: { '#a': {} } }),
    'an output that holds functions': createMachine({ output: { n: () => 1 } as never }),
    'a history that leads to itself': createMachine({
      initial: 'past',
      states: { past: { type: 'history' } },
    }),
    'a state id given twice': createMachine({
      initial: 'a',
      states: { a: { id: 'one' }, b: { id: 'one' }, c: {} },
    }),
    'an initial state that is nowhere': createMachine({
      initial: 'a',
      states: { a: {}, b: { initial: 'nowhere', states: { c: {} } } },
    }),
    'another class': Object.create(createMachine({})),
  };
  for (const [what, machine] of Object.entries(odd))
    expect(isSeenThrough(machine), what).toBe(false);
  expect(isSeenThrough(createMachine({}))).toBe(true);
});
