/** Right machines are not blamed, and what was not looked at is not said never to happen. */
import { expect, test } from 'vitest';
import { type AnyStateMachine, createMachine, fromPromise, log, setup } from 'xstate';
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
