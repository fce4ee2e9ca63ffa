/**
 * Cases of actors that end or fail by themselves, of spawned promises, and of actors that are a
 * plain function from state and event to state.
 */
import {
  type ActorRef,
  type AnyEventObject,
  assign,
  forwardTo,
  fromPromise,
  fromTransition,
  type Snapshot,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { echo } from '../echo.ts';
import { type Case, type Kept, reject, send, settle } from '../runners/contract.ts';
import type { Desk } from '../runners/desk.ts';

interface Context {
  readonly got: readonly unknown[];
  readonly kid?: ActorRef<Snapshot<unknown>, AnyEventObject> | undefined;
}

const parent = (desk?: Desk) =>
  setup({
    types: {} as { context: Context; events: AnyEventObject; children: Record<string, 'echo'> },
    actors: { echo, asking: fromPromise(() => desk?.ask('q') ?? Promise.resolve()) },
    actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
  });

const explosion = [
  "Unable to evaluate guard 'explodes' in transition for event 'BOOM'",
  "in state node 'echo.listens':\nboom",
].join(' ');

const none: Context = { got: [] };
const heard = {
  actions: {
    type: 'keep',
    params: ({ event }: { readonly event: AnyEventObject }) => [event.by, event.n],
  },
} as const;

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
export const spawnedEndings: readonly Case[] = [
  {
    id: 'spawn-fails-handled',
    machine: () =>
      parent().createMachine({
        id: 'spawn-fails-handled',
        context: none,
        entry: [
          spawnChild('echo', { id: 'a', input: { name: 'a' } }),
          spawnChild('echo', { id: 'b', input: { name: 'b' } }),
        ],
        on: {
          BOOM: { actions: sendTo('a', { type: 'BOOM' }) },
          TELL: { actions: sendTo('b', { type: 'HEAR' }) },
          HEARD: heard,
          'xstate.error.*': {
            actions: { type: 'keep', params: ({ event }) => Object(event).error.message },
          },
        },
      }),
    script: [send('BOOM'), send('TELL')],
    ends: { status: 'active', context: { got: [explosion, ['b', 1]] } },
  },
  {
    id: 'spawn-fails-unhandled',
    machine: () =>
      parent().createMachine({
        id: 'spawn-fails-unhandled',
        context: none,
        entry: [
          spawnChild('echo', { id: 'a', input: { name: 'a' } }),
          spawnChild('echo', { id: 'b', input: { name: 'b' } }),
        ],
        on: { BOOM: { actions: sendTo('a', { type: 'BOOM' }) } },
      }),
    script: [send('BOOM')],
    ends: { status: 'error', error: { name: 'Error', message: explosion } },
  },
  {
    id: 'spawn-promise',
    machine: (desk) =>
      parent(desk).createMachine({
        id: 'spawn-promise',
        context: none,
        on: {
          ASK: { actions: spawnChild('asking', { id: 'one' }) },
          ALSO: {
            actions: assign({ kid: ({ spawn }) => spawn('asking', { id: 'two' }) as never }),
          },
          'xstate.done.actor.one': {
            actions: { type: 'keep', params: ({ event }) => Object(event).output },
          },
          'xstate.error.actor.two': {
            actions: { type: 'keep', params: ({ event }) => Object(event).error },
          },
          '*': { actions: { type: 'keep', params: ({ event }) => event.type } },
        },
      }),
    script: [send('ASK'), settle('q', 1), send('ALSO')],
    ends: { context: { got: [1, 'xstate.done.actor.two'], kid: { ref: '/two' } } },
  },
  {
    id: 'spawn-promise-fails',
    machine: (desk) =>
      parent(desk).createMachine({
        id: 'spawn-promise-fails',
        context: none,
        entry: spawnChild('asking', { id: 'one' }),
      }),
    script: [reject('q', new RangeError('no answer'))],
    ends: { status: 'error', error: { name: 'RangeError', message: 'no answer' } },
  },
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
