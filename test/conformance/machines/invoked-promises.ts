/**
 * Cases of invoked promises: answers, refusals, entries that are left or taken again, inputs.
 */
import { type AnyEventObject, assign, createMachine, fromPromise, setup } from 'xstate';
import { advance, type Case, type Kept, reject, send, settle } from '../runners/contract.ts';
import type { Desk } from '../runners/desk.ts';

interface Context {
  readonly n: number;
  readonly got: readonly unknown[];
}

/** A machine with a promise `asking` that asks the desk under the name it is given. */
const asker = (desk: Desk) =>
  setup({
    types: {} as { context: Context; events: AnyEventObject; input: { readonly n: number } },
    actors: {
      asking: fromPromise(({ input }: { input: { readonly call: string } }) =>
        desk.ask<number>(input.call),
      ),
      hasty: fromPromise<number, { readonly n: number }>(({ input }) => {
        throw new RangeError(`no ${input.n}`);
      }),
      instant: fromPromise(({ input }: { input: { readonly n: number } }) =>
        Promise.resolve(input.n * 2),
      ),
    },
    actions: {
      keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }),
      count: assign({ n: ({ context }) => context.n + 1 }),
    },
  });

/** The cases. */
export const invokedPromises: readonly Case[] = [
  {
    id: 'promise-done',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-done',
        context: ({ input }) => ({ n: input.n, got: [] }),
        initial: 'asks',
        states: {
          asks: {
            invoke: {
              src: 'asking',
              input: ({ context }) => ({ call: `q-${context.n}` }),
              onDone: {
                target: 'done',
                actions: { type: 'keep', params: ({ event }) => event.output },
              },
            },
          },
          done: { type: 'final' },
        },
        output: ({ context }) => ({ got: context.got }),
      }),
    input: { n: 7 },
    script: [settle('q-8', 'not mine'), settle('q-7', { answer: [42] })],
    ends: { status: 'done', output: { got: [{ answer: [42] }] } },
  },
  {
    id: 'promise-error',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-error',
        context: { n: 1, got: [] },
        initial: 'asks',
        states: {
          asks: {
            invoke: {
              id: 'question',
              src: 'asking',
              input: { call: 'q' },
              onDone: 'wrong',
              onError: {
                target: 'failed',
                actions: { type: 'keep', params: ({ event }) => Object(event.error).message },
              },
            },
          },
          failed: {},
          wrong: {},
        },
      }),
    script: [reject('q', new RangeError('nobody knows'))],
    ends: { status: 'active', value: 'failed', context: { n: 1, got: ['nobody knows'] } },
  },
  {
    id: 'promise-refuses-text',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-refuses-text',
        context: { n: 1, got: [] },
        initial: 'asks',
        states: {
          asks: {
            invoke: {
              src: 'asking',
              input: { call: 'q' },
              onError: {
                target: 'failed',
                actions: { type: 'keep', params: ({ event }) => event.error },
              },
            },
          },
          failed: {},
        },
      }),
    script: [reject('q', { code: 7 })],
    ends: { value: 'failed', context: { n: 1, got: [{ code: 7 }] } },
  },
  {
    id: 'promise-error-unhandled',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-error-unhandled',
        context: { n: 1, got: [] },
        initial: 'asks',
        states: {
          asks: { invoke: { src: 'asking', input: { call: 'q' }, onDone: 'done' } },
          done: {},
        },
      }),
    script: [reject('q', new TypeError('unheard')), send('LATE')],
    ends: { status: 'error', error: { name: 'TypeError', message: 'unheard' } },
  },
  {
    id: 'promise-throws-at-once',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-throws-at-once',
        context: { n: 1, got: [] },
        initial: 'rests',
        states: {
          rests: { on: { GO: 'asks' } },
          asks: {
            invoke: {
              src: 'hasty',
              input: ({ event }) => ({ n: event.n }),
              onError: {
                target: 'failed',
                actions: { type: 'keep', params: ({ event }) => Object(event.error).message },
              },
            },
          },
          failed: {},
        },
      }),
    script: [send('GO', { n: 3 })],
    ends: { value: 'failed', context: { n: 1, got: ['no 3'] } },
  },
  {
    id: 'promise-late',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-late',
        context: { n: 1, got: [] },
        initial: 'asks',
        states: {
          asks: {
            invoke: { src: 'asking', input: { call: 'q' }, onDone: 'wrong', onError: 'wrong' },
            on: { LEAVE: 'left' },
          },
          left: { on: { 'xstate.done.actor.*': 'wrong' } },
          wrong: {},
        },
      }),
    script: [send('LEAVE'), settle('q', 1), advance(10)],
    ends: { value: 'left' },
  },
  {
    id: 'promise-entered-again',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-entered-again',
        context: { n: 1, got: [] },
        initial: 'asks',
        states: {
          asks: {
            invoke: {
              id: 'question',
              src: 'asking',
              input: ({ context }) => ({ call: `q-${context.n}` }),
              onDone: { actions: { type: 'keep', params: ({ event }) => event.output } },
            },
            on: {
              AGAIN: { target: 'asks', reenter: true, actions: 'count' },
              STAY: { target: 'asks', actions: 'count' },
            },
          },
        },
      }),
    script: [send('AGAIN'), settle('q-1', 'late'), send('STAY'), settle('q-2', 'in time')],
    ends: { value: 'asks', context: { n: 3, got: ['in time'] } },
  },
  {
    id: 'promise-inline',
    machine: (desk) =>
      createMachine({
        types: {} as { context: Context },
        id: 'promise-inline',
        context: { n: 1, got: [] },
        initial: 'asks',
        states: {
          asks: {
            invoke: [
              {
                src: fromPromise(() => desk.ask('left')),
                onDone: {
                  actions: assign({ got: ({ context, event }) => [...context.got, event.output] }),
                },
              },
              {
                src: fromPromise(() => desk.ask('right')),
                onDone: {
                  actions: assign({ got: ({ context, event }) => [...context.got, event.output] }),
                },
              },
            ],
            always: { guard: ({ context }) => context.got.length === 2, target: 'done' },
          },
          done: { type: 'final' },
        },
        output: ({ context }) => context.got,
      }),
    script: [settle('right', 'r'), settle('left', 'l')],
    ends: { status: 'done', output: ['r', 'l'] },
  },
  {
    id: 'promise-chain',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-chain',
        context: ({ input }) => ({ n: input.n, got: [] }),
        initial: 'first',
        states: {
          first: {
            invoke: {
              src: 'instant',
              input: ({ context }) => context,
              onDone: {
                target: 'second',
                actions: assign({ n: ({ event }) => event.output }),
              },
            },
          },
          second: {
            invoke: {
              src: 'instant',
              input: ({ event }) => ({ n: Object(event).output + 1 }),
              onDone: { target: 'done', actions: assign({ n: ({ event }) => event.output }) },
            },
          },
          done: { type: 'final' },
        },
        output: ({ context }) => context.n,
      }),
    input: { n: 5 },
    script: [],
    ends: { status: 'done', output: 22 },
  },
  {
    id: 'promise-under-all-states',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promise-under-all-states',
        context: { n: 1, got: [] },
        invoke: {
          src: 'asking',
          input: { call: 'root' },
          onDone: {
            actions: { type: 'keep', params: ({ event }) => event.output === undefined },
            target: '.b',
          },
        },
        initial: 'a',
        states: { a: { on: { NEXT: 'c' } }, b: { type: 'final' }, c: {} },
      }),
    script: [send('NEXT'), settle('root')],
    ends: { status: 'done', value: 'b', context: { n: 1, got: [true] } },
  },
  {
    id: 'promises-at-once',
    machine: (desk) =>
      asker(desk).createMachine({
        id: 'promises-at-once',
        context: { n: 0, got: [] },
        invoke: ['a', 'b', 'c'].map((id) => ({
          id,
          src: 'asking' as const,
          input: { call: 'q' },
          onDone: { actions: ['count', { type: 'keep' as const, params: id }] },
        })),
      }),
    script: [settle('q', 1), advance(10)],
    ends: { context: { n: 3, got: ['a', 'b', 'c'] } },
  },
];
