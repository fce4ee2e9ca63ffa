/** Faults that a check must survive, and tell once. */
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  assign,
  createMachine,
  type EventObject,
  fromPromise,
  setup,
} from 'xstate';
import { z } from 'zod';
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

test('given a start that throws or loops, then nothing is said of what comes after', () => {
  const states = { a: { on: { GO: 'b' } }, b: {} };
  const boom = () => {
    throw new TypeError('boom');
  };
  expect(found(createMachine({ id: 'm', initial: 'a', context: boom, states }))).toEqual([
    'throws start',
  ]);
  const loop = { a: { always: 'b' }, b: { always: 'a', on: { GO: 'c' } }, c: {} };
  expect(found(createMachine({ id: 'm', initial: 'a', states: loop }))).toEqual([
    'loop-without-progress #m.a always[0]',
  ]);
});

test('given what has no implementation, then it is told once', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: {
        invoke: { src: 'nope' },
        on: { GO: { guard: 'huh', target: 'b' } },
      },
      b: { type: 'final' },
    },
  });
  const { findings } = checkMachine(machine, {});
  expect(findings.map(({ code, place }) => `${code} ${place}`)).toEqual([
    'not-durable the source nope in m.a',
    'throws #m.a on GO[0] if huh',
  ]);
  expect(findings[1]?.message).toContain("Guard 'huh' is not implemented; a step");
});

test('given a delay without implementation, then that is told: XState waits for nothing', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: { a: { after: { late: 'b' } }, b: { type: 'final' } },
  });
  expect(found(machine)).toEqual(['not-durable the delay late in #m.a entry']);
});

test('given actors that are spawned without id in an assign, then they are not durable', () => {
  const machine = setup({ actors: { ask: fromPromise(async () => 1) } }).createMachine({
    id: 'm',
    initial: 'a',
    context: { it: null } as { it: unknown },
    states: {
      a: { entry: assign({ it: ({ spawn }) => spawn('ask') }), on: { GO: 'b' } },
      b: { type: 'final' },
    },
  });
  expect(found(machine)).toEqual(['not-durable an actor of ask']);
});

test('given a guard of two minds, then it is found, and nothing is said of what it keeps', () => {
  let calls = 0;
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: {
      a: { on: { GO: { guard: () => ++calls % 2 === 0, target: 'b' } } },
      b: { type: 'final' },
    },
  });
  const { findings, bounds } = checkMachine(machine, {});
  const [first] = findings;
  expect(first?.code).toBe('not-durable');
  expect(first?.place).toBe('#m.a on GO[0] if guard');
  expect(bounds.isExhausted).toBe(false);
  expect(findings.map(({ code }) => code)).not.toContain('unreachable-state');
});

test('given an assign that changes the context in place, then that is found', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    context: { list: [] as number[] },
    states: {
      a: {
        on: {
          ADD: {
            guard: ({ context }) => context.list.length < 3,
            actions: assign({
              list: ({ context: { list } }) => {
                list.push(1);
                return list;
              },
            }),
          },
          GO: 'b',
        },
      },
      b: { type: 'final' },
    },
  });
  expect(found(machine)).toContain('not-durable context');
});

test('given guards that only walks ask, then the story is made short', () => {
  const names = [...'abcdefghijkl'];
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    states: Object.fromEntries(
      names.map((name) => [
        name,
        {
          on: {
            SET: names.map((role) => ({
              guard: ({ event }: { event: EventObject }) => Reflect.get(event, 'role') === role,
              target: `#m.${role}`,
            })),
          },
        },
      ]),
    ),
  });
  const role = z.enum(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']);
  const { findings } = checkMachine(machine, { events: { SET: z.object({ role }) } });
  for (const { witness, message } of findings) {
    expect(witness.length).toBeLessThan(4);
    expect(message).not.toContain('in all');
  }
});

const boom = () => {
  throw new TypeError('boom');
};

test.each([
  { events: { GO: [5] }, field: 'events.GO[0]' },
  { events: { GO: [{}, null] }, field: 'events.GO[1]' },
  { events: { GO: [{ type: 'HA' }] }, field: 'events.GO[0]' },
  { events: boom, field: 'events' },
  { events: () => 'GO', field: 'events' },
  { events: () => [{ by: 1 }], field: 'events' },
])('given events that are none, then the option is refused: $field', ({ events, field }) => {
  const options: object = { events };
  const machine = holding('m', {});
  expect(() => checkMachine(machine, options)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', data: expect.objectContaining({ field }) }),
  );
});
