/**
 * Cases of trees that work: children that ask the world themselves, snapshots told by spawned
 * children, a user's own actions, regions with actors of their own.
 */
import {
  type AnyEventObject,
  assign,
  forwardTo,
  fromPromise,
  log,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';
import { advance, type Case, type Kept, reject, send, settle } from '../runners/contract.ts';
import type { Desk } from '../runners/desk.ts';

interface Context {
  readonly got: readonly unknown[];
}

/** Asks twice, with a pause between, and gives both answers. */
const worker = (desk: Desk) =>
  setup({
    types: {} as {
      context: Context & { readonly name: string };
      events: AnyEventObject;
      input: { readonly name: string };
    },
    actors: {
      asking: fromPromise(({ input }: { input: { readonly call: string } }) =>
        desk.ask<string>(input.call),
      ),
    },
    actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
  }).createMachine({
    id: 'worker',
    context: ({ input }) => ({ name: input.name, got: [] }),
    initial: 'first',
    states: {
      first: {
        invoke: {
          src: 'asking',
          input: ({ context }) => ({ call: `${context.name} 1` }),
          onDone: {
            target: 'rests',
            actions: { type: 'keep', params: ({ event }) => event.output },
          },
        },
      },
      rests: { after: { 100: 'second' } },
      second: {
        invoke: {
          src: 'asking',
          input: ({ context }) => ({ call: `${context.name} 2` }),
          onDone: {
            target: 'done',
            actions: { type: 'keep', params: ({ event }) => event.output },
          },
        },
      },
      done: { type: 'final' },
    },
    output: ({ context }) => context.got.join(' '),
  });

const lead = (desk: Desk) =>
  setup({
    types: {} as { context: Context; events: AnyEventObject },
    actors: { worker: worker(desk) },
    actions: {
      keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }),
      own: ({ self, system }, _: { readonly text: string }) => void system.get(self.id),
    },
  });

/** The cases. */
export const nestedWork: readonly Case[] = [
  {
    id: 'workers-in-regions',
    machine: (desk) =>
      lead(desk).createMachine({
        id: 'workers-in-regions',
        context: { got: [] },
        initial: 'works',
        states: {
          works: {
            type: 'parallel',
            states: Object.fromEntries(
              ['x', 'y'].map((name) => [
                name,
                {
                  initial: 'works',
                  states: {
                    works: {
                      invoke: {
                        src: 'worker',
                        input: { name },
                        onDone: {
                          target: 'done',
                          actions: { type: 'keep', params: ({ event }) => event.output },
                        },
                      },
                    },
                    done: { type: 'final' },
                  },
                } as const,
              ]),
            ),
            onDone: 'done',
          },
          done: { type: 'final' },
        },
        output: ({ context }) => context.got,
      }),
    script: [
      settle('y 1', 'b'),
      advance(60),
      settle('x 1', 'a'),
      settle('y 2', 'd'),
      advance(40),
      advance(60),
      settle('x 2', 'c'),
    ],
    ends: { status: 'done', output: ['b d', 'a c'] },
  },
  {
    id: 'worker-left-while-it-asks',
    machine: (desk) =>
      lead(desk).createMachine({
        id: 'worker-left-while-it-asks',
        context: { got: [] },
        initial: 'works',
        states: {
          works: {
            invoke: { id: 'w', src: 'worker', input: { name: 'w' }, onDone: 'wrong' },
            on: { LEAVE: 'left' },
          },
          left: { on: { BACK: 'works' } },
          wrong: {},
        },
      }),
    script: [settle('w 1', 'one'), advance(100), send('LEAVE'), settle('w 2', 'two'), advance(100)],
    ends: { value: 'left' },
  },
  {
    id: 'worker-fails-below',
    machine: (desk) =>
      lead(desk).createMachine({
        id: 'worker-fails-below',
        context: { got: [] },
        initial: 'works',
        states: {
          works: {
            invoke: {
              src: 'worker',
              input: { name: 'w' },
              onError: {
                target: 'failed',
                actions: { type: 'keep', params: ({ event }) => Object(event.error).message },
              },
            },
          },
          failed: { type: 'final' },
        },
        output: ({ context }) => context.got,
      }),
    script: [settle('w 1', 'one'), reject('w 2', new RangeError('no second')), advance(100)],
    ends: { status: 'done', output: ['no second'] },
  },
  {
    id: 'snapshots-of-spawned',
    machine: (desk) =>
      lead(desk).createMachine({
        id: 'snapshots-of-spawned',
        context: { got: [] },
        entry: spawnChild('worker', { id: 'w', input: { name: 'w' }, syncSnapshot: true }),
        on: {
          'xstate.snapshot.w': {
            actions: { type: 'keep', params: ({ event }) => event.snapshot.value },
          },
          'xstate.done.actor.w': {
            actions: { type: 'keep', params: ({ event }) => event.output },
          },
        },
      }),
    script: [settle('w 1', 'one'), advance(100), settle('w 2', 'two')],
    ends: { context: { got: ['first', 'rests', 'second', 'one two'] } },
  },
  {
    id: 'own-actions',
    machine: (desk) =>
      lead(desk).createMachine({
        id: 'own-actions',
        context: { got: [] },
        entry: [log('begins'), { type: 'own', params: { text: 'x' } }],
        initial: 'a',
        states: {
          a: {
            exit: () => undefined,
            on: { GO: { target: 'b', actions: [() => undefined, { type: 'keep', params: 'go' }] } },
          },
          b: { entry: { type: 'own', params: { text: 'y' } }, after: { 10: 'c' } },
          c: { type: 'final' },
        },
      }),
    script: [send('GO'), advance(10)],
    ends: { status: 'done', context: { got: ['go'] } },
  },
  {
    id: 'forwarded-to-several',
    machine: (desk) =>
      lead(desk).createMachine({
        id: 'forwarded-to-several',
        context: { got: [] },
        invoke: [
          { id: 'one', src: 'worker', input: { name: 'one' } },
          { id: 'two', src: 'worker', input: { name: 'two' } },
        ],
        on: {
          NEWS: { actions: [forwardTo('one'), forwardTo('two'), sendTo('one', { type: 'MORE' })] },
        },
      }),
    script: [send('NEWS', { text: 'x' }), settle('one 1', 1)],
    ends: { status: 'active' },
  },
];
