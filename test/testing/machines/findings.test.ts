/** Each finding by example: a fault that was planted is found at its place, with its story. */
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  and,
  assign,
  createMachine,
  emit,
  enqueueActions,
  fromCallback,
  fromPromise,
  log,
  not,
  raise,
  sendTo,
  setup,
} from 'xstate';
import { z } from 'zod';
import { effect } from '../../../src/protocol/index.ts';
import type { CheckOptions } from '../../../src/testing/index.ts';
import { checkMachine } from '../../../src/testing/machines/index.ts';

/** What is found, as `code place`, and the story of each. */
function found(machine: AnyStateMachine, options: CheckOptions = {}) {
  const { findings } = checkMachine(machine, options);
  return Object.fromEntries(
    findings.map(({ code, place, witness }) => [`${code} ${place}`, witness] as const),
  );
}

const door = createMachine({
  id: 'door',
  initial: 'open',
  states: {
    open: { on: { CLOSE: 'closed' } },
    closed: { on: { OPEN: 'open', LOCK: 'locked' } },
    locked: { type: 'final' },
  },
});

test('given a machine without faults, then nothing is found and all is covered', () => {
  const { ok, findings, coverage, bounds } = checkMachine(door, {});
  expect({ ok, findings }).toEqual({ ok: true, findings: [] });
  expect(bounds).toEqual({ states: 5_000, depth: 50, walks: 200, seed: 1, isExhausted: true });
  expect(coverage.filter(({ kind }) => kind === 'state').map(({ place }) => place)).toEqual([
    '#door.open',
    '#door.closed',
    '#door.locked',
  ]);
  expect(coverage.every(({ hits, definition }) => hits > 0 && definition === 'door')).toBe(true);
});

test('given a state that nothing leads to, then it is found, and not what is inside', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: 'end' } },
      b: { initial: 'inner', states: { inner: { on: { GO: 'other' } }, other: {} } },
      end: { type: 'final' },
    },
  });
  expect(found(machine)).toEqual({ 'unreachable-state #m.b': [] });
});

test('given states without a way out, then the shortest stories into them are told', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: 'b', END: 'end', SLEEP: 'tick' } },
      b: { on: { GO: 'stuck' } },
      stuck: { on: { NOTE: { actions: log('noted') } } },
      tick: { after: { 10: 'tock' } },
      tock: { after: { 10: 'tick' } },
      end: { type: 'final' },
    },
  });
  expect(found(machine)).toEqual({
    'dead-end #m.stuck': ['start -> #m.a', 'GO -> #m.b', 'GO -> #m.stuck'],
    'dead-end #m.tick': ['start -> #m.a', 'SLEEP -> #m.tick'],
  });
});

test('given a chart without an end, then only what takes no event any more is a dead end', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'on',
    context: { count: 0 },
    states: {
      on: {
        on: {
          COUNT: { actions: assign({ count: ({ context }) => context.count + 1 }) },
          OFF: 'off',
        },
      },
      off: {},
    },
  });
  expect(found(machine, { bounds: { states: 50, walks: 5 } })).toEqual({
    'dead-end #m.off': ['start -> #m.on', 'OFF -> #m.off'],
  });
});

test('given guards that always answer the same, then they are found at their places', () => {
  const machine = setup({
    types: {} as { context: { n: number }; events: { type: 'GO'; by: number } },
    guards: {
      isBig: ({ event }) => event.by > 5,
      isNever: ({ context }) => context.n > 99,
      isCalm: () => true,
    },
  }).createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        on: {
          GO: [
            { guard: 'isNever', target: 'b' },
            { guard: and(['isBig', not('isNever')]), target: 'b' },
            { guard: 'isCalm', target: 'c' },
          ],
        },
      },
      b: { on: { GO: { guard: 'isBig', target: 'c' } } },
      c: { type: 'final' },
    },
  });
  const story = ['start -> #m.a', 'GO {"by":1}'];
  const place = '#m.a on GO';
  expect(found(machine, { events: { GO: [{ by: 1 }, { by: 9 }] } })).toEqual({
    [`guard-never-true ${place}[0] if isNever`]: story,
    [`guard-never-false ${place}[1] if and(isBig, not(isNever)) > not(isNever)`]: [
      'start -> #m.a',
      'GO {"by":9}',
    ],
    [`guard-never-false ${place}[2] if isCalm`]: story,
  });
});

test('given what comes behind another one without a guard, then it is never taken, and why', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: ['b', { target: 'a' }] }, after: { 10: 'b', 20: 'b' } },
      b: { type: 'final' },
    },
  });
  const { findings } = checkMachine(machine, { events: { GO: [{}], HUH: [{ x: 1 }] } });
  expect(findings.map(({ code, place }) => `${code} ${place}`)).toEqual([
    'event-never-handled HUH',
    'transition-never-taken #m.a on GO[1]',
    'transition-never-taken #m.a after 20[0]',
  ]);
  expect(findings[1]?.message).toContain('#m.a on GO[0] has no guard and comes first');
});

test('given moves without an end, then the loop is told and the check comes back', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: 'b', RAISE: 'r' } },
      b: { always: 'c' },
      c: { always: 'b' },
      r: { entry: raise({ type: 'AGAIN' }), on: { AGAIN: { target: 'r', reenter: true } } },
    },
  });
  expect(found(machine)).toEqual({
    'loop-without-progress #m.b always[0]': ['start -> #m.a', 'GO'],
    'loop-without-progress #m.r on AGAIN[0]': ['start -> #m.a', 'RAISE'],
  });
  const atOnce = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { always: 'b' }, b: { always: 'a' } },
  });
  expect(found(atOnce)).toEqual({ 'loop-without-progress #m.a always[0]': ['start'] });
});

test('given an invariant that breaks or throws, then the shortest story is told', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        on: {
          ADD: { actions: assign({ n: ({ context }) => (context.n + 1) % 5 }) },
          TWO: { actions: assign({ n: ({ context }) => (context.n + 2) % 5 }) },
        },
      },
    },
  });
  const invariants = {
    'less than three': ({ context }: { context: { n: number } }) => context.n < 3,
    'is kind': ({ context }: { context: { n: number } }) => {
      if (context.n === 4) throw new RangeError('four');
      return true;
    },
  };
  expect(found(machine, { invariants })).toEqual({
    'invariant-broken less than three': ['start -> #m.a', 'ADD -> #m.a', 'TWO -> #m.a'],
    'invariant-broken is kind': ['start -> #m.a', 'TWO -> #m.a', 'TWO -> #m.a'],
  });
});

test('given an invariant that breaks beyond the bounds, then a walk finds it, made shorter', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0, noise: 0 },
    states: {
      a: {
        on: {
          ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
          NOISE: { actions: assign({ noise: ({ context }) => context.noise + 1 }) },
        },
      },
    },
  });
  const options = {
    invariants: { 'less than nine': ({ context }: { context: { n: number } }) => context.n < 9 },
    bounds: { states: 20, walks: 20 },
  };
  const { findings, bounds } = checkMachine(machine, options);
  expect(bounds.isExhausted).toBe(false);
  expect(findings).toHaveLength(1);
  expect(findings[0]?.witness).toEqual(['start -> #m.a', ...Array(9).fill('ADD -> #m.a')]);
});

test('given what throws, then its place is told, and the rest is checked all the same', () => {
  const boom = (what: string) => () => {
    throw new TypeError(what);
  };
  const machine = createMachine(
    {
      id: 'm',
      initial: 'a',
      context: { n: 0 },
      states: {
        a: {
          on: {
            GUARD: { guard: boom('g'), target: 'b' },
            ASSIGN: { target: 'b', actions: assign(boom('a')) },
            NEXT: 'b',
          },
        },
        b: { after: { late: 'a' }, on: { BACK: 'a' } },
      },
    },
    { delays: { late: boom('d') } },
  );
  expect(found(machine)).toEqual({
    'throws #m.a on GUARD[0] if guard': ['start -> #m.a', 'GUARD'],
    'throws #m.a on ASSIGN[0]': ['start -> #m.a', 'ASSIGN'],
    'throws #m.a on NEXT[0]': ['start -> #m.a', 'NEXT'],
  });
  const atStart = createMachine({ id: 'm', context: boom('c') });
  expect(found(atStart)).toEqual({ 'throws start': ['start'] });
});

test('given custom actions, then they may be lost, but for declared effects and built-ins', () => {
  const calls: string[] = [];
  const machine = setup({
    types: {} as { context: { n: number } },
    actions: { mail: () => calls.push('mail'), tell: effect<undefined>(), note: log('x') },
  }).createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 },
    entry: ['tell', 'note', emit({ type: 'out' }), assign({ n: 1 })],
    states: {
      a: {
        entry: 'mail',
        exit: () => calls.push('exit'),
        on: {
          GO: {
            target: 'b',
            actions: enqueueActions(({ enqueue }) => enqueue(() => calls.push('late'))),
          },
        },
      },
      b: { type: 'final' },
    },
  });
  expect(Object.keys(found(machine))).toEqual([
    'effect-may-be-lost #m.a entry mail',
    'effect-may-be-lost #m.a exit (inline)',
    'effect-may-be-lost action (anonymous)',
  ]);
  expect(calls).toEqual([]);
});

test('given what can not be kept, then it is not durable', () => {
  const machine = setup({
    actors: { ticks: fromCallback(() => {}) },
  }).createMachine({
    id: 'm',
    initial: 'a',
    context: { at: 0 } as { at: unknown },
    states: {
      a: { on: { DATE: { actions: assign({ at: () => new Date(0) }) }, GO: 'b' } },
      b: { invoke: { src: 'ticks' }, on: { GO: 'c' } },
      c: { entry: raise({ type: 'X' }, { delay: () => Number.NaN }), on: { X: 'a', GO: 'a' } },
    },
  });
  expect(found(machine)).toMatchObject({
    'not-durable the source ticks': [],
    'not-durable context.at': ['start -> #m.a', 'DATE -> #m.a'],
    'not-durable a delay': ['start -> #m.a', 'GO -> #m.b', 'GO -> #m.c'],
  });
});

test('given invokes, then they end with what is given, or fail; nothing of them runs', () => {
  const calls: string[] = [];
  const load = fromPromise(async () => calls.push('load'));
  const machine = setup({ actors: { load } }).createMachine({
    id: 'm',
    initial: 'a',
    context: { got: 0 },
    states: {
      a: {
        invoke: {
          src: 'load',
          onDone: [{ guard: ({ event }) => event.output > 5, target: 'big' }, { target: 'small' }],
          onError: 'failed',
        },
      },
      big: { type: 'final' },
      small: { type: 'final' },
      failed: { type: 'final' },
    },
  });
  expect(found(machine, { outputs: { load: [1, 9] } })).toEqual({});
  expect(found(machine, { outputs: { load: z.int().min(0).max(20) } })).toEqual({});
  expect(Object.keys(found(machine))).toEqual([
    'unreachable-state #m.big',
    'guard-never-true #m.a onDone of load[0] if guard',
  ]);
  expect(calls).toEqual([]);
});

test('given timers, parallel and history states, then they go as XState lets them', () => {
  const machine = createMachine(
    {
      id: 'm',
      initial: 'work',
      states: {
        work: {
          type: 'parallel',
          on: { PAUSE: 'paused' },
          onDone: 'end',
          states: {
            left: { initial: 'a', states: { a: { on: { L: 'z' } }, z: { type: 'final' } } },
            right: { initial: 'a', states: { a: { after: { 50: 'z' } }, z: { type: 'final' } } },
            past: { type: 'history', history: 'deep' },
          },
        },
        paused: { on: { RESUME: 'work.past', END: 'end' }, after: { slow: 'end' } },
        end: { type: 'final' },
      },
    },
    { delays: { slow: 1_000 } },
  );
  const both = (snapshot: { matches: (value: object) => boolean }) =>
    !snapshot.matches({ work: { left: 'z', right: 'a' } });
  expect(found(machine, { invariants: { both } })).toEqual({
    'invariant-broken both': [
      'start -> #m.work.left.a + #m.work.right.a',
      'L -> #m.work.left.z + #m.work.right.a',
    ],
  });
});

test('given what it sends to itself, a route and wildcards, then they are tried', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { entry: sendTo(({ self }) => self, { type: 'MAIL' }), on: { MAIL: 'b' } },
      b: { on: { 'x.*': 'c' } },
      c: { on: { '*': 'end' } },
      end: { type: 'final' },
    },
  });
  expect(found(machine)).toEqual({});
});

test('given names that excuse, then what they name is excused and nothing else', () => {
  const config = {
    id: 'm',
    initial: 'a',
    states: { a: { on: { GO: 'stuck' } }, stuck: {}, lone: {} },
  };
  const own = createMachine({ ...config, meta: { check: { allow: ['dead-end'] } } });
  const one = checkMachine(own, {});
  expect(one.findings.map(({ code }) => code)).toEqual(['unreachable-state']);
  expect(one.excused.map(({ code }) => code)).toEqual(['dead-end']);
  const allow = ['unreachable-state:#m.lone'];
  const other = checkMachine(own, { allow });
  expect([other.ok, other.excused.length]).toEqual([true, 2]);
  expect(checkMachine(createMachine(config), { allow }).ok).toBe(false);
});

test('given schemas, then inputs and payloads are drawn, and the same options say the same', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: ({ input }: { input: { least: number } }) => ({ least: input.least }),
    states: {
      a: {
        on: { PAY: [{ guard: ({ context, event }) => event.sum >= context.least, target: 'b' }] },
      },
      b: { type: 'final' },
    },
  });
  const options = {
    input: z.object({ least: z.int().min(0).max(100) }),
    events: { PAY: z.object({ sum: z.int().min(0).max(100) }) },
  };
  const first = checkMachine(machine, options);
  expect(first.ok).toBe(true);
  expect(checkMachine(machine, options)).toEqual(first);
});
