/** The laws of machines: what breaks one is found, and what keeps them is not blamed. */
import { expect, test } from 'vitest';
import { type AnyStateMachine, assign, createMachine, raise, sendTo } from 'xstate';
import { statesOf } from '../../../src/testing/charts/index.ts';
import { machineLawNames, machineLaws } from '../../../src/testing/index.ts';

const brokenBy = (machine: AnyStateMachine): readonly string[] =>
  machineLaws(machine, { bounds: { walks: 20, depth: 10 } })
    .filter(({ ok }) => !ok)
    .map(({ law }) => law);

const counting = (change: () => unknown): AnyStateMachine =>
  createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 } as { n: unknown },
    states: { a: { on: { GO: { actions: assign({ n: change }) } } } },
  });

const [again, throughText, ended, ignored, definition, live] = machineLawNames;

test('given a machine that keeps the laws, then all of them are told to hold', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: {
        entry: [sendTo(({ self }) => self, { type: 'MAIL' }), raise({ type: 'R' }, { delay: 5 })],
        on: { MAIL: {}, R: 'b' },
        after: { 10: 'b' },
      },
      b: { type: 'final' },
    },
  });
  const laws = machineLaws(machine);
  expect(laws.map(({ law }) => law)).toEqual(machineLawNames);
  expect(laws.filter(({ ok }) => !ok)).toEqual([]);
  expect(machineLaws(machine)).toEqual(laws);
});

test('given chance from outside, then the same events give something else', () => {
  let calls = 0;
  expect(brokenBy(counting(() => ++calls))).toContain(again);
});

test('given a context that JSON does not tell, then it goes on otherwise', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: { seen: new Set<string>() },
    states: {
      a: {
        on: {
          GO: { actions: assign({ seen: ({ context }) => new Set([...context.seen, 'x']) }) },
          END: { guard: ({ context }) => context.seen.has('x'), target: 'b' },
        },
      },
      b: { type: 'final' },
    },
  });
  expect(brokenBy(machine)).toEqual([throughText]);
});

test('given an always that looks at any event, then what nobody handles changes something', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: {
        on: { GO: 'b' },
        always: { guard: ({ event }) => event.type === 'troupe-unknown', target: 'b' },
      },
      b: {},
    },
  });
  expect(brokenBy(machine)).toEqual([ignored]);
});

test('given a definition that JSON can not write, then that is told', () => {
  const machine = createMachine({ id: 'm', meta: { big: 1n } });
  expect(brokenBy(machine)).toEqual([definition]);
});

test('given a machine with states, then its laws know them all', () => {
  expect([ended, live].every((law) => typeof law === 'string')).toBe(true);
  expect(statesOf(counting(() => 0)).map(({ place }) => place)).toEqual(['#m.a']);
});
