/** The laws of machines: what breaks one is found, and what keeps them is not blamed. */
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, assign, createMachine, fromPromise, raise, sendTo } from 'xstate';
import { statesOf } from '../../../src/testing/charts/index.ts';
import { machineLaws } from '../../../src/testing/index.ts';
import { machineLawNames } from '../../../src/testing/machines/index.ts';

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

const [again, throughText, ended, ignored, definition, live, asItWas] = machineLawNames;

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

test('given ends of actors that are not there, then they are no illegal events', () => {
  const poll = createMachine(
    {
      id: 'poll',
      initial: 'loading',
      states: {
        loading: { invoke: { src: 'p', onDone: 'wait', onError: 'wait' } },
        wait: { after: { 1000: 'loading' } },
      },
    },
    { actors: { p: fromPromise(async () => 1) } },
  );
  expect(brokenBy(poll)).toEqual([]);
});

describe('given a step that changes what was before it', () => {
  const machineOf = (where: 'on' | 'entry') => {
    const list: number[] = [];
    const actions = assign({
      list: ({ context }: { context: { list: number[] } }) => {
        context.list.push(1);
        return context.list;
      },
    });
    const own = where === 'on' ? { on: { GO: { actions } } } : { entry: actions };
    return createMachine({ id: 'm', context: { list }, on: { STAY: {} }, ...own });
  };

  test('then its law says so at once, with the step', () => {
    const broken = machineLaws(machineOf('on')).filter(({ ok }) => !ok);
    expect(broken).toMatchObject([{ law: asItWas, witness: ['start -> #m', 'GO -> #m'] }]);
    expect(broken[0]?.found).toContain('"list":[1]');
    expect(brokenBy(machineOf('entry'))).toEqual([asItWas]);
  });

  test('then the work is bounded, also for what grows outside', () => {
    let calls = 0;
    const list: number[] = [];
    const change = () => {
      calls += 1;
      list.push(1);
      return [...list];
    };
    const machine = createMachine({
      id: 'm',
      context: { n: [] as number[] },
      on: { GO: { actions: assign({ n: change }) } },
    });
    expect(brokenBy(machine)).toContain(again);
    expect(calls).toBeLessThan(10);
  });
});

test('given a large context, then fewer stories are told', () => {
  let starts = 0;
  const context = () => {
    starts += 1;
    return { text: 'x'.repeat(1_000_000) };
  };
  const machine = createMachine({ id: 'm', context, on: { GO: {} } });
  expect(machineLaws(machine).filter(({ ok }) => !ok)).toEqual([]);
  expect(starts).toBeLessThan(20);
});

test('given a context that can not be written at all, then that is told', () => {
  const machine = createMachine({ id: 'm', context: { big: 1n }, on: { GO: {} } });
  const laws = machineLaws(machine, { bounds: { walks: 2 } });
  expect(laws.filter(({ ok }) => !ok)).toMatchObject([
    { law: throughText, found: expect.stringContaining('it can not be written: ') },
  ]);
});
