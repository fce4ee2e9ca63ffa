/**
 * Cases of spawned actors: by action, in `assign`, in the context's factory; stopped, replaced,
 * many of them.
 */
import {
  type ActorRef,
  type AnyActorRef,
  type AnyEventObject,
  assign,
  enqueueActions,
  type Snapshot,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { echo } from '../echo.ts';
import { advance, type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly got: readonly unknown[];
  readonly kid?: ActorRef<Snapshot<unknown>, AnyEventObject> | undefined;
}

const parent = () =>
  setup({
    types: {} as { context: Context; events: AnyEventObject; children: Record<string, 'echo'> },
    actors: { echo },
    actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
  });

const none: Context = { got: [] };
const heard = {
  actions: {
    type: 'keep',
    params: ({ event }: { readonly event: AnyEventObject }) => [event.by, event.n],
  },
} as const;

/** The cases. */
export const spawned: readonly Case[] = [
  {
    id: 'spawn-by-action',
    machine: () =>
      parent().createMachine({
        id: 'spawn-by-action',
        context: none,
        entry: spawnChild('echo', { id: 'a', input: { name: 'first' } }),
        on: {
          MORE: {
            actions: spawnChild('echo', {
              id: 'b',
              input: ({ event }) => ({ name: String(event.name) }),
            }),
          },
          TO: { actions: sendTo(({ event }) => String(event.id), { type: 'HEAR' }) },
          HEARD: heard,
        },
      }),
    script: [send('TO', { id: 'a' }), send('MORE', { name: 'second' }), send('TO', { id: 'b' })],
    ends: {
      context: {
        got: [
          ['first', 1],
          ['second', 1],
        ],
      },
    },
  },
  {
    id: 'spawn-in-assign',
    machine: () =>
      parent().createMachine({
        id: 'spawn-in-assign',
        context: none,
        on: {
          MAKE: {
            actions: assign({
              kid: ({ spawn }) => spawn('echo', { id: 'kid', input: { name: 'kid' } }),
            }),
          },
          TELL: { actions: sendTo(({ context }) => context.kid as AnyActorRef, { type: 'HEAR' }) },
          HEARD: heard,
        },
      }),
    script: [send('MAKE'), send('TELL'), send('TELL')],
    ends: {
      context: {
        got: [
          ['kid', 1],
          ['kid', 2],
        ],
        kid: { ref: '/kid' },
      },
    },
  },
  {
    id: 'spawn-in-context',
    machine: () =>
      parent().createMachine({
        id: 'spawn-in-context',
        context: ({ spawn }) => ({
          got: [],
          kid: spawn('echo', { id: 'born', input: { name: 'born' } }),
        }),
        on: {
          TELL: { actions: sendTo('born', { type: 'HEAR' }) },
          END: { actions: sendTo(({ context }) => context.kid as AnyActorRef, { type: 'END' }) },
          HEARD: heard,
          'xstate.done.actor.born': {
            actions: { type: 'keep', params: ({ event }) => Object(event).output },
          },
        },
      }),
    script: [send('TELL'), send('END'), send('TELL')],
    ends: { context: { got: [['born', 1], 'born heard 1'], kid: { ref: '/born' } } },
  },
  {
    id: 'spawn-stopped',
    machine: () =>
      parent().createMachine({
        id: 'spawn-stopped',
        context: none,
        entry: spawnChild('echo', { id: 'a', input: { name: 'a' } }),
        on: {
          TELL: { actions: sendTo('a', { type: 'HEAR' }, { delay: 100 }) },
          STOP: { actions: stopChild('a') },
          HEARD: heard,
        },
      }),
    script: [send('TELL'), advance(100), send('TELL'), send('STOP'), advance(100)],
    ends: { context: { got: [['a', 1]] } },
  },
  {
    id: 'spawn-replaced-in-a-turn',
    machine: () =>
      parent().createMachine({
        id: 'spawn-replaced-in-a-turn',
        context: none,
        entry: spawnChild('echo', { id: 'a', input: { name: 'old' } }),
        on: {
          SWAP: {
            actions: [
              stopChild('a'),
              spawnChild('echo', { id: 'a', input: { name: 'new' } }),
              sendTo('a', { type: 'HEAR' }),
            ],
          },
          TELL: { actions: sendTo('a', { type: 'HEAR' }) },
          HEARD: heard,
        },
      }),
    script: [send('TELL'), send('SWAP'), send('TELL'), send('SWAP')],
    ends: {
      context: {
        got: [
          ['old', 1],
          ['new', 1],
          ['new', 2],
          ['new', 1],
        ],
      },
    },
  },
  {
    id: 'spawn-replaced-in-context',
    machine: () =>
      parent().createMachine({
        id: 'spawn-replaced-in-context',
        context: ({ spawn }) => ({
          got: [],
          kid: spawn('echo', { id: 'kid', input: { name: 'old' } }),
        }),
        on: {
          SWAP: {
            actions: [
              stopChild('kid'),
              assign({ kid: ({ spawn }) => spawn('echo', { id: 'kid', input: { name: 'new' } }) }),
            ],
          },
          TELL: { actions: sendTo(({ context }) => context.kid as AnyActorRef, { type: 'HEAR' }) },
          HEARD: heard,
        },
      }),
    script: [send('TELL'), send('SWAP'), send('TELL')],
    ends: {
      context: {
        got: [
          ['old', 1],
          ['new', 1],
        ],
        kid: { ref: '/kid' },
      },
    },
  },
  {
    id: 'spawn-many-by-name',
    machine: () =>
      parent().createMachine({
        id: 'spawn-many-by-name',
        context: none,
        on: {
          ADD: {
            actions: enqueueActions(({ event, enqueue }) => {
              for (const name of event.names as string[]) {
                enqueue.spawnChild('echo', { id: `kid ${name}`, input: { name } });
              }
            }),
          },
          ALL: {
            actions: enqueueActions(({ self, enqueue }) => {
              for (const id of Object.keys(self.getSnapshot().children)) {
                enqueue.sendTo(id, { type: 'HEAR' });
              }
            }),
          },
          DROP: {
            actions: enqueueActions(({ event, enqueue }) => enqueue.stopChild(event.id)),
          },
          HEARD: heard,
        },
      }),
    script: [
      send('ADD', { names: ['x/y', 'z.1'] }),
      send('ALL'),
      send('DROP', { id: 'kid z.1' }),
      send('ALL'),
    ],
    ends: {
      context: {
        got: [
          ['x/y', 1],
          ['z.1', 1],
          ['x/y', 2],
        ],
      },
    },
  },
];
