/** Faults that a check must survive, and tell once. */
import { expect, test } from 'vitest';
import { type AnyStateMachine, assign, createMachine, fromPromise, setup } from 'xstate';
import { type CheckOptions, check } from '../../../src/testing/index.ts';
import { checkMachine } from '../../../src/testing/machines/index.ts';

const found = (machine: AnyStateMachine, options: CheckOptions = {}): readonly string[] =>
  checkMachine(machine, options).findings.map(({ code, place }) => `${code} ${place}`);

const holding = (id: string, context: object): AnyStateMachine =>
  createMachine({
    id,
    context,
    initial: 'a',
    states: { a: { on: { GO: 'b' } }, b: { type: 'final' } },
  });

const circular = (): object => {
  const one: Record<string, unknown> = { n: 1 };
  one.self = { one };
  return { one };
};

test('given a context that has no JSON text, then that is found, and others are checked', () => {
  expect(found(holding('m', { big: 1n }))).toEqual(['not-durable context.big']);
  expect(found(holding('m', circular()))).toEqual(['not-durable context.one.self.one']);
  const team = [holding('bad', { big: 1n }), holding('worse', circular()), holding('good', {})];
  const { findings, coverage } = check(team);
  expect(findings.map(({ definition }) => definition)).toEqual(['bad', 'worse']);
  expect(coverage.filter(({ hits }) => hits === 0)).toEqual([]);
});

test('given events and outputs that have no JSON text, then they are tried all the same', () => {
  const machine = setup({ actors: { ask: fromPromise(async () => 1n) } }).createMachine({
    id: 'm',
    initial: 'a',
    context: { n: 0 } as { n: unknown },
    states: {
      a: { invoke: { src: 'ask', onDone: 'b' }, on: { SET: 'b' } },
      b: { on: { SET: { target: 'c', actions: assign({ n: ({ event }) => event.n }) } } },
      c: { type: 'final' },
    },
  });
  const options = { events: { SET: [{ n: 2n }, { n: 3n }] }, outputs: { ask: [1n] } };
  expect(found(machine, options)).toEqual(['not-durable context.n']);
});

test('given several faults in a context, then all are told at once', () => {
  expect(found(holding('m', { at: new Map(), f: () => 1, list: [Number.NaN, undefined] }))).toEqual(
    [
      'not-durable context.at',
      'not-durable context.f',
      'not-durable context.list[0]',
      'not-durable context.list[1]',
    ],
  );
});

test('given an inline child that can not end, then what waits for its end is never reached', () => {
  const child = createMachine({ id: 'child', initial: 'x', states: { x: { on: { GO: 'x' } } } });
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { invoke: { src: child, onDone: 'b', onError: 'c' } },
      b: { type: 'final' },
      c: { type: 'final' },
    },
  });
  expect(found(machine)).toContain('unreachable-state #m.b');
});
