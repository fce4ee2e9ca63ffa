/**
 * Cases of time: delayed transitions by number, by name and worked out; raised and sent later,
 * taken back, left behind.
 */
import { type AnyEventObject, assign, cancel, raise, sendTo, setup } from 'xstate';
import { advance, type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly wait: number;
  readonly got: readonly unknown[];
}

const timed = setup({
  types: {} as { context: Context; events: AnyEventObject },
  actions: {
    keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }),
    longer: assign({ wait: ({ context }) => context.wait * 2 }),
  },
  guards: { isLong: ({ context }) => context.wait > 100 },
  delays: {
    soon: 40,
    byContext: ({ context }) => context.wait,
    byEvent: ({ event }) => Number(event.ms),
  },
});

const start: Context = { wait: 100, got: [] };

/** The cases. */
export const timing: readonly Case[] = [
  {
    id: 'after-number',
    machine: () =>
      timed.createMachine({
        id: 'after-number',
        context: start,
        initial: 'a',
        states: { a: { after: { 100: 'b' } }, b: { after: { 100: 'c', 50: 'd' } }, c: {}, d: {} },
      }),
    script: [advance(99), advance(1), advance(49), advance(1), advance(100)],
    ends: { value: 'd' },
  },
  {
    id: 'after-named',
    machine: () =>
      timed.createMachine({
        id: 'after-named',
        context: start,
        initial: 'a',
        states: {
          a: { after: { soon: 'b' } },
          b: { after: { byContext: { target: 'b', reenter: true, actions: 'longer' } } },
        },
      }),
    script: [advance(40), advance(100), advance(199), advance(1), advance(400)],
    ends: { value: 'b', context: { wait: 800, got: [] } },
  },
  {
    id: 'after-by-event',
    machine: () =>
      timed.createMachine({
        id: 'after-by-event',
        context: start,
        initial: 'a',
        states: {
          a: { on: { GO: 'b' } },
          b: { after: { byEvent: 'c' }, on: { GO: { target: 'b', reenter: true } } },
          c: {},
        },
      }),
    script: [send('GO', { ms: 50 }), send('GO', { ms: 70 }), advance(50), advance(20)],
    ends: { value: 'c' },
  },
  {
    id: 'after-guarded',
    machine: () =>
      timed.createMachine({
        id: 'after-guarded',
        context: start,
        initial: 'a',
        states: {
          a: {
            after: {
              20: [
                { guard: 'isLong', target: 'b' },
                { actions: { type: 'keep', params: 'short' } },
              ],
              30: { actions: 'longer' },
              60: { guard: 'isLong', target: 'b' },
            },
          },
          b: {},
        },
      }),
    script: [advance(25), advance(20), advance(20)],
    ends: { value: 'b', context: { wait: 200, got: ['short'] } },
  },
  {
    id: 'after-left-and-entered-again',
    machine: () =>
      timed.createMachine({
        id: 'after-left-and-entered-again',
        context: start,
        initial: 'a',
        states: {
          a: {
            after: { 100: 'late' },
            on: { LEAVE: 'b', STAY: { actions: 'longer' }, SELF: 'a', AGAIN: '#again' },
          },
          b: { id: 'again', on: { BACK: 'a' } },
          late: {},
        },
      }),
    script: [
      advance(90),
      send('LEAVE'),
      advance(20),
      send('BACK'),
      advance(90),
      send('STAY'),
      send('SELF'),
      advance(9),
      advance(1),
    ],
    ends: { value: 'late', context: { wait: 200, got: [] } },
  },
  {
    id: 'after-in-parents-and-children',
    machine: () =>
      timed.createMachine({
        id: 'after-in-parents-and-children',
        context: start,
        initial: 'outer',
        states: {
          outer: {
            after: { 100: 'over' },
            initial: 'one',
            states: { one: { after: { 30: 'two' } }, two: { after: { 30: 'one' } } },
          },
          over: { type: 'final' },
        },
      }),
    script: [advance(30), advance(30), advance(30), advance(10)],
    ends: { status: 'done', value: 'over' },
  },
  {
    id: 'after-nothing',
    machine: () =>
      timed.createMachine({
        id: 'after-nothing',
        context: start,
        initial: 'a',
        states: { a: { after: { 0: 'b' } }, b: { on: { BACK: 'a' } } },
      }),
    script: [advance(0), send('BACK'), advance(1)],
    ends: { value: 'b' },
  },
  {
    id: 'raised-later',
    machine: () =>
      timed.createMachine({
        id: 'raised-later',
        context: start,
        on: {
          GO: { actions: raise({ type: 'DUE', text: 'raised' }, { delay: 50, id: 'due' }) },
          BY: {
            actions: raise(({ event }) => ({ type: 'DUE', text: event.text }), {
              delay: ({ event }) => event.ms,
            }),
          },
          NAMED: { actions: raise({ type: 'DUE', text: 'named' }, { delay: 'soon' }) },
          DUE: { actions: { type: 'keep', params: ({ event }) => event.text } },
        },
      }),
    script: [
      send('GO'),
      send('BY', { text: 'x', ms: 20 }),
      send('BY', { text: 'y', ms: 10 }),
      send('NAMED'),
      advance(60),
    ],
    ends: { context: { wait: 100, got: ['y', 'x', 'named', 'raised'] } },
  },
  {
    id: 'cancelled',
    machine: () =>
      timed.createMachine({
        id: 'cancelled',
        context: start,
        on: {
          GO: {
            actions: [
              raise({ type: 'DUE', text: 'one' }, { delay: 50, id: 'one' }),
              sendTo(({ self }) => self, { type: 'DUE', text: 'two' }, { delay: 50, id: 'two' }),
            ],
          },
          CANCEL: { actions: cancel(({ event }) => String(event.id)) },
          DUE: { actions: { type: 'keep', params: ({ event }) => event.text } },
        },
      }),
    script: [
      send('GO'),
      send('CANCEL', { id: 'one' }),
      advance(50),
      send('GO'),
      send('CANCEL', { id: 'two' }),
      send('CANCEL', { id: 'nobody' }),
      advance(50),
    ],
    ends: { context: { wait: 100, got: ['two', 'one'] } },
  },
  {
    id: 'armed-again-under-one-id',
    machine: () =>
      timed.createMachine({
        id: 'armed-again-under-one-id',
        context: start,
        on: {
          KEY: {
            actions: [
              cancel('typing'),
              raise({ type: 'QUIET' }, { delay: 100, id: 'typing' }),
              { type: 'keep', params: 'key' },
            ],
          },
          QUIET: { actions: { type: 'keep', params: 'quiet' } },
        },
      }),
    script: [send('KEY'), advance(60), send('KEY'), advance(60), advance(40), advance(100)],
    ends: { context: { wait: 100, got: ['key', 'key', 'quiet'] } },
  },
  {
    id: 'armed-twice-under-one-id',
    machine: () =>
      timed.createMachine({
        id: 'armed-twice-under-one-id',
        context: start,
        on: {
          GO: { actions: raise({ type: 'DUE' }, { delay: 10, id: 'due' }) },
          CANCEL: { actions: cancel('due') },
          DUE: { actions: { type: 'keep', params: 'due' } },
        },
      }),
    // XState lets both fire; only the newest can be taken back.
    script: [
      send('GO'),
      advance(5),
      send('GO'),
      advance(10),
      send('GO'),
      send('GO'),
      send('CANCEL'),
      advance(20),
    ],
    ends: { context: { wait: 100, got: ['due', 'due', 'due'] } },
  },
  {
    id: 'raised-later-outlives-its-state',
    machine: () =>
      timed.createMachine({
        id: 'raised-later-outlives-its-state',
        context: start,
        initial: 'a',
        states: {
          a: {
            entry: raise({ type: 'DUE' }, { delay: 100 }),
            on: { NEXT: 'b', DUE: { actions: { type: 'keep', params: 'in a' } } },
          },
          b: { on: { DUE: { target: 'c', actions: { type: 'keep', params: 'in b' } } } },
          c: { type: 'final' },
        },
      }),
    script: [advance(50), send('NEXT'), advance(50)],
    ends: { status: 'done', context: { wait: 100, got: ['in b'] } },
  },
  {
    id: 'ended-before-it-is-due',
    machine: () =>
      timed.createMachine({
        id: 'ended-before-it-is-due',
        context: start,
        entry: raise({ type: 'DUE' }, { delay: 100 }),
        initial: 'a',
        states: { a: { after: { 200: 'b' }, on: { END: 'b' } }, b: { type: 'final' } },
        on: { DUE: { actions: { type: 'keep', params: 'due' } } },
      }),
    script: [advance(50), send('END'), advance(500)],
    ends: { status: 'done', context: { wait: 100, got: [] } },
  },
];
