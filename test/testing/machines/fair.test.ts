/** Right machines are not blamed, and what was not looked at is not said never to happen. */
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  assign,
  createMachine,
  fromPromise,
  log,
  raise,
  setup,
} from 'xstate';
import type { CheckOptions } from '../../../src/testing/index.ts';
import { checkMachine } from '../../../src/testing/machines/index.ts';

const found = (machine: AnyStateMachine, options: CheckOptions = {}): readonly string[] =>
  checkMachine(machine, options).findings.map(({ code, place }) => `${code} ${place}`);

test('given a light that only timers switch, then it is no dead end', () => {
  const light = createMachine({
    id: 'light',
    initial: 'green',
    states: {
      green: { after: { 3000: 'yellow' } },
      yellow: { after: { 500: 'red' } },
      red: { after: { 3000: 'green' } },
    },
  });
  expect(found(light)).toEqual([]);
});

test('given what asks again and again, then it is no dead end', () => {
  const machine = setup({ actors: { ask: fromPromise(async () => 1) } }).createMachine({
    id: 'poll',
    initial: 'asking',
    states: {
      asking: { invoke: { src: 'ask', onDone: 'waiting', onError: 'waiting' } },
      waiting: { after: { 1000: 'asking' } },
    },
  });
  expect(found(machine)).toEqual([]);
  const onItsOwn = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { after: { 10: { target: 'a', reenter: true, actions: log('tick') } } } },
  });
  expect(found(onItsOwn)).toEqual([]);
});

test('given where time moves nothing any more, then it is a dead end', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { after: { 10: 'b' } }, b: { after: { 10: 'c' } }, c: {} },
  });
  expect(found(machine)).toEqual(['dead-end #m.c']);
  const once = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { after: { 10: { actions: log('once') } } } },
  });
  expect(found(once)).toEqual(['dead-end #m.a']);
});

test.each([
  { on: { 'foo.bar': 'b', 'foo.*': 'c', '*': 'd' } },
  { on: { 'foo.bar.*': 'b', 'foo.*': 'c', 'anything.*': 'd', '*': 'e', 'foo.anything': 'f' } },
  { on: { 'foo.x.*': 'b', 'foo.*': 'c' } },
])('given wildcards beside more specific ones, then each is tried: %o', ({ on }) => {
  const ends = Object.values(on).map((key) => [key, { type: 'final' as const }]);
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on }, ...Object.fromEntries(ends) },
  });
  expect(found(machine)).toEqual([]);
  expect(found(machine, { events: { 'foo.bar': [{ by: 1 }] } })).toEqual([]);
});

const chain = (length: number): AnyStateMachine => {
  const states = Array.from({ length }, (_, at) => [
    `s${at}`,
    at === length - 1 ? { type: 'final' as const } : { on: { NEXT: `s${at + 1}` } },
  ]);
  return createMachine({ id: 'm', initial: 's0', states: Object.fromEntries(states) });
};

const counter = (most: number): AnyStateMachine =>
  createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        on: {
          ADD: [
            { guard: ({ context }) => context.n >= most, target: 'b' },
            { actions: assign({ n: ({ context }) => context.n + 1 }) },
          ],
        },
      },
      b: { type: 'final' },
    },
  });

test('given a long way within the bound on states, then all of it is looked at', () => {
  for (const machine of [chain(300), counter(100)]) {
    const { findings, bounds } = checkMachine(machine, {});
    expect(findings).toEqual([]);
    expect(bounds.isExhausted).toBe(true);
  }
});

test('given a way longer than the bounds, then nothing is said of what lies behind them', () => {
  const cut = { bounds: { states: 100, walks: 5 } };
  for (const machine of [chain(300), counter(1_000)]) {
    const { findings, bounds } = checkMachine(machine, cut);
    expect(findings).toEqual([]);
    expect(bounds.isExhausted).toBe(false);
    expect(found(machine, { bounds: { depth: 10, walks: 5 } })).toEqual([]);
  }
});

test('given bounds that cut it short, then what no bound can change is said all the same', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 },
    states: {
      a: { on: { ADD: [{ actions: assign({ n: ({ context }) => context.n + 1 }) }, 'b'] } },
      b: {},
      c: {},
    },
  });
  expect(found(machine, { bounds: { states: 50, walks: 5 } })).toEqual([
    'unreachable-state #m.c',
    'transition-never-taken #m.a on ADD[1]',
  ]);
});

test('given a large context, then the work is bounded, and that is said', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0, many: Array.from({ length: 20_000 }, (_, at) => at) },
    states: { a: { on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } } } },
  });
  let looks = 0;
  const invariants = { counted: () => ++looks > 0 };
  const { findings, bounds } = checkMachine(machine, { bounds: { walks: 2 }, invariants });
  expect(findings).toEqual([]);
  expect(bounds.isExhausted).toBe(false);
  expect(looks).toBeLessThan(500);
});

test('given timers that pile up, then the check comes back', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { on: { GO: { actions: raise({ type: 'LATE' }, { delay: 5 }) }, LATE: {} } } },
  });
  const { findings, bounds } = checkMachine(machine, { bounds: { walks: 5 } });
  expect(findings).toEqual([]);
  expect(bounds.isExhausted).toBe(false);
});
