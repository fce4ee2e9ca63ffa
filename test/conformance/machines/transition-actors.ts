/**
 * Cases of actors that are a plain function from state and event to state.
 */
import {
  type AnyEventObject,
  assign,
  forwardTo,
  fromTransition,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { type Case, type Kept, send } from '../contract.ts';

interface Context {
  readonly got: readonly unknown[];
}

/** Adds up; a negative number makes it throw. */
const tally = fromTransition(
  ({ sum }: { readonly sum: number }, event: AnyEventObject) => {
    if (event.n < 0) throw new RangeError('only upwards');
    return { sum: sum + event.n };
  },
  ({ input }: { readonly input: { readonly sum: number } }) => input,
);

const counting = setup({
  types: {} as { context: Context; events: AnyEventObject },
  actors: { tally },
  actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
});

/** The cases. */
export const transitionActors: readonly Case[] = [
  {
    id: 'transition-invoked',
    machine: () =>
      counting.createMachine({
        id: 'transition-invoked',
        context: { got: [] },
        initial: 'counts',
        states: {
          counts: {
            invoke: {
              id: 'sums',
              src: 'tally',
              input: { sum: 10 },
              onSnapshot: {
                actions: { type: 'keep', params: ({ event }) => event.snapshot.context.sum },
              },
              onError: 'failed',
            },
            on: { ADD: { actions: forwardTo('sums') } },
          },
          failed: {},
        },
      }),
    script: [send('ADD', { n: 1 }), send('ADD', { n: 2 }), send('ADD', { n: -1 })],
    ends: { value: 'failed', context: { got: [10, 11, 13] } },
  },
  {
    id: 'transition-spawned',
    machine: () =>
      counting.createMachine({
        id: 'transition-spawned',
        context: { got: [] },
        entry: spawnChild('tally', { id: 'sums', input: { sum: 0 } }),
        on: {
          ADD: { actions: sendTo('sums', ({ event }) => event) },
          STOP: { actions: stopChild('sums') },
        },
      }),
    script: [send('ADD', { n: 4 }), send('ADD', { n: 5 }), send('STOP')],
    ends: { status: 'active', context: { got: [] } },
  },
];
