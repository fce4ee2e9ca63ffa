/**
 * Cases of invoked machines: output, errors, levels, snapshots told to the parent, inline ones.
 */
import { type AnyEventObject, assign, forwardTo, sendTo, setup } from 'xstate';
import { advance, type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly n: number;
  readonly got: readonly unknown[];
}

const types = {} as { context: Context; events: AnyEventObject };

/** Counts up to its input's `to`, then gives the count as output; BOOM makes its guard throw. */
const counter = setup({
  types: {} as {
    context: { readonly n: number; readonly to: number };
    events: AnyEventObject;
    input: { readonly to: number };
    output: { readonly counted: number };
  },
  guards: {
    explodes: () => {
      throw new RangeError('the counter exploded');
    },
  },
  actions: { count: assign({ n: ({ context }) => context.n + 1 }) },
}).createMachine({
  id: 'counter',
  context: ({ input }) => ({ n: 0, to: input.to }),
  initial: 'counts',
  states: {
    counts: {
      always: { guard: ({ context }) => context.n >= context.to, target: 'full' },
      on: { UP: { actions: 'count' }, BOOM: { guard: 'explodes', target: 'full' } },
      after: { 1000: { actions: 'count' } },
    },
    full: { type: 'final' },
  },
  output: ({ context }) => ({ counted: context.n }),
});

const keeper = setup({
  types,
  actors: {
    counter,
  },
  actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
});

const explosion = [
  "Unable to evaluate guard 'explodes' in transition for event 'BOOM'",
  "in state node 'counter.counts':\nthe counter exploded",
].join(' ');

const empty: Context = { n: 0, got: [] };

const middle = keeper.createMachine({
  id: 'middle',
  context: empty,
  initial: 'works',
  states: {
    works: {
      invoke: {
        id: 'leaf',
        src: 'counter',
        input: { to: 2 },
        onDone: { target: 'done', actions: { type: 'keep', params: ({ event }) => event.output } },
      },
      on: { UP: { actions: forwardTo('leaf') }, BOOM: { actions: forwardTo('leaf') } },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => context.got[0],
});

const above = setup({
  types,
  actors: { middle },
  actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
});

/** The cases. */
export const invokedMachines: readonly Case[] = [
  {
    id: 'machine-output',
    machine: () =>
      keeper.createMachine({
        id: 'machine-output',
        context: { n: 2, got: [] },
        initial: 'counts',
        states: {
          counts: {
            invoke: {
              id: 'child',
              src: 'counter',
              input: ({ context }) => ({ to: context.n }),
              onDone: {
                target: 'done',
                actions: { type: 'keep', params: ({ event }) => event.output },
              },
            },
            on: { UP: { actions: sendTo('child', { type: 'UP' }) } },
          },
          done: {},
        },
      }),
    script: [send('UP'), advance(1_000)],
    ends: { value: 'done', context: { n: 2, got: [{ counted: 2 }] } },
  },
  {
    id: 'machine-done-at-once',
    machine: () =>
      keeper.createMachine({
        id: 'machine-done-at-once',
        context: empty,
        initial: 'counts',
        states: {
          counts: { invoke: { src: 'counter', input: { to: 0 }, onDone: 'done' } },
          done: { type: 'final' },
        },
      }),
    script: [],
    ends: { status: 'done' },
  },
  {
    id: 'machine-error',
    machine: () =>
      keeper.createMachine({
        id: 'machine-error',
        context: empty,
        initial: 'counts',
        states: {
          counts: {
            invoke: {
              id: 'child',
              src: 'counter',
              input: { to: 2 },
              onError: {
                target: 'failed',
                actions: { type: 'keep', params: ({ event }) => Object(event.error).message },
              },
            },
            on: { BOOM: { actions: sendTo('child', { type: 'BOOM' }) } },
          },
          failed: {},
        },
      }),
    script: [send('BOOM')],
    ends: { value: 'failed', context: { n: 0, got: [explosion] } },
  },
  {
    id: 'machine-error-unhandled',
    machine: () =>
      keeper.createMachine({
        id: 'machine-error-unhandled',
        context: empty,
        invoke: { id: 'child', src: 'counter', input: { to: 2 } },
        on: { BOOM: { actions: sendTo('child', { type: 'BOOM' }) } },
      }),
    script: [send('BOOM')],
    ends: { status: 'error', error: { name: 'Error', message: explosion } },
  },
  {
    id: 'machine-two-levels',
    machine: () =>
      above.createMachine({
        id: 'machine-two-levels',
        context: empty,
        initial: 'works',
        states: {
          works: {
            invoke: {
              id: 'mid',
              src: 'middle',
              onDone: {
                target: 'done',
                actions: { type: 'keep', params: ({ event }) => event.output },
              },
            },
            on: { UP: { actions: sendTo('mid', ({ event }) => event) } },
          },
          done: {},
        },
      }),
    script: [send('UP'), send('UP')],
    ends: { value: 'done', context: { n: 0, got: [{ counted: 2 }] } },
  },
  {
    id: 'machine-error-two-levels',
    machine: () =>
      above.createMachine({
        id: 'machine-error-two-levels',
        context: empty,
        initial: 'works',
        states: {
          works: {
            invoke: { id: 'mid', src: 'middle', onError: 'failed' },
            on: { BOOM: { actions: sendTo('mid', ({ event }) => event) } },
          },
          failed: { after: { 50: 'rests' } },
          rests: {},
        },
      }),
    script: [send('BOOM'), advance(50)],
    ends: { value: 'rests' },
  },
  {
    id: 'machine-error-caught-by-wildcard',
    machine: () =>
      keeper.createMachine({
        id: 'machine-error-caught-by-wildcard',
        context: empty,
        invoke: { id: 'child', src: 'counter', input: { to: 2 } },
        on: {
          BOOM: { actions: sendTo('child', { type: 'BOOM' }) },
          '*': { actions: { type: 'keep', params: ({ event }) => event.type } },
        },
      }),
    script: [send('BOOM'), send('OTHER')],
    ends: { status: 'active', context: { n: 0, got: ['xstate.error.actor.child', 'OTHER'] } },
  },
  {
    id: 'machine-snapshots',
    machine: () =>
      keeper.createMachine({
        id: 'machine-snapshots',
        context: empty,
        invoke: {
          id: 'child',
          src: 'counter',
          input: { to: 3 },
          onSnapshot: {
            actions: { type: 'keep', params: ({ event }) => event.snapshot.context.n },
          },
        },
        on: { UP: { actions: sendTo('child', { type: 'UP' }) } },
      }),
    script: [send('UP'), send('UP'), send('UP')],
    ends: { context: { n: 0, got: [0, 1, 2] } },
  },
  {
    id: 'machine-inline',
    machine: () =>
      keeper.createMachine({
        id: 'machine-inline',
        context: empty,
        initial: 'works',
        states: {
          works: {
            invoke: { src: counter, input: { to: 1 }, onDone: 'done' },
            on: { LEAVE: 'left', BACK: { target: 'works', reenter: true } },
          },
          done: {},
          left: { on: { BACK: 'works' } },
        },
      }),
    script: [advance(900), send('LEAVE'), advance(200), send('BACK'), advance(900), advance(100)],
    ends: { value: 'done' },
  },
  {
    id: 'machine-left-alone',
    machine: () =>
      keeper.createMachine({
        id: 'machine-left-alone',
        context: empty,
        initial: 'works',
        states: {
          works: {
            invoke: [
              { id: 'one', src: 'counter', input: { to: 5 } },
              { id: 'two', src: 'counter', input: { to: 1 }, onDone: 'done' },
            ],
          },
          done: { type: 'final' },
        },
      }),
    script: [advance(1_000), advance(5_000)],
    ends: { status: 'done' },
  },
];
