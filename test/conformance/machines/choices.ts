/**
 * Cases of choice: eventless chains, combined guards, wildcards, forbidden events, raised events,
 * dynamic parameters, queued actions, emitted events.
 */
import {
  type AnyEventObject,
  and,
  assign,
  emit,
  enqueueActions,
  not,
  or,
  raise,
  setup,
  stateIn,
} from 'xstate';
import { type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly n: number;
  readonly got: readonly unknown[];
}

const chooser = setup({
  types: {} as { context: Context; events: AnyEventObject; emitted: AnyEventObject },
  actions: {
    keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }),
    add: assign({ n: ({ context }, { by }: { readonly by: number }) => context.n + by }),
    twice: enqueueActions(({ enqueue }, text: string) => {
      enqueue.assign({ got: ({ context }) => [...context.got, text] });
      enqueue.assign({ got: ({ context }) => [...context.got, text] });
    }),
  },
  guards: {
    atLeast: ({ context }, { n }: { readonly n: number }) => context.n >= n,
    isEven: ({ context }) => context.n % 2 === 0,
  },
});

const start: Context = { n: 0, got: [] };

/** The cases. */
export const choices: readonly Case[] = [
  {
    id: 'always-chain',
    machine: () =>
      chooser.createMachine({
        id: 'always-chain',
        context: ({ input }) => ({ n: Number(input), got: [] }),
        initial: 'a',
        states: {
          a: {
            always: [
              { guard: and(['isEven', not({ type: 'atLeast', params: { n: 5 } })]), target: 'b' },
              { guard: or([{ type: 'atLeast', params: { n: 50 } }, not('isEven')]), target: 'c' },
            ],
          },
          b: { entry: { type: 'add', params: { by: 5 } }, always: 'a' },
          c: {
            exit: { type: 'keep', params: 'out of c' },
            always: { guard: not(stateIn({ c: 'x' })), target: 'd' },
          },
          d: {},
        },
      }),
    input: 2,
    script: [],
    ends: { value: 'd', context: { n: 7, got: ['out of c'] } },
  },
  {
    id: 'guards-on-states',
    machine: () =>
      chooser.createMachine({
        id: 'guards-on-states',
        context: start,
        type: 'parallel',
        states: {
          light: { initial: 'red', states: { red: { on: { GO: 'green' } }, green: {} } },
          gate: {
            initial: 'shut',
            states: {
              shut: {
                always: { guard: stateIn({ light: 'green' }), target: 'open' },
                on: { PUSH: { guard: stateIn('#guards-on-states.light.red'), target: 'stuck' } },
              },
              stuck: { on: { PULL: 'shut' } },
              open: {},
            },
          },
        },
      }),
    script: [send('PUSH'), send('GO'), send('PULL')],
    ends: { value: { light: 'green', gate: 'open' } },
  },
  {
    id: 'wildcards',
    machine: () =>
      chooser.createMachine({
        id: 'wildcards',
        context: start,
        initial: 'a',
        states: {
          a: {
            on: {
              'mouse.*': { actions: { type: 'keep', params: 'mouse' } },
              'mouse.click.*': { actions: { type: 'keep', params: 'click' } },
              'mouse.click.left': { actions: { type: 'keep', params: 'left' } },
              quiet: undefined,
            },
          },
        },
        on: {
          '*': { actions: { type: 'keep', params: ({ event }) => `any ${event.type}` } },
          quiet: { actions: { type: 'keep', params: 'never heard' } },
        },
      }),
    script: ['mouse.move', 'mouse.click.right', 'mouse.click.left', 'mouse', 'key', 'quiet'].map(
      (type) => send(type),
    ),
    ends: { context: { n: 0, got: ['mouse', 'click', 'left', 'mouse', 'any key'] } },
  },
  {
    id: 'forbidden',
    machine: () =>
      chooser.createMachine({
        id: 'forbidden',
        context: start,
        initial: 'a',
        states: {
          a: { on: { LEAVE: {}, NEXT: 'b' } },
          b: {},
          gone: {},
        },
        on: { LEAVE: '.gone' },
      }),
    script: [send('LEAVE'), send('NEXT'), send('LEAVE')],
    ends: { value: 'gone' },
  },
  {
    id: 'raised',
    machine: () =>
      chooser.createMachine({
        id: 'raised',
        context: start,
        initial: 'a',
        states: {
          a: {
            on: {
              GO: {
                target: 'b',
                actions: [
                  raise({ type: 'FIRST' }),
                  raise(({ context }) => ({ type: 'SECOND', n: context.n })),
                  { type: 'add', params: { by: 1 } },
                ],
              },
            },
          },
          b: {
            always: { guard: { type: 'atLeast', params: { n: 2 } }, target: 'c' },
            on: {
              FIRST: { actions: [{ type: 'keep', params: 'first' }, raise({ type: 'THIRD' })] },
              SECOND: { actions: { type: 'keep', params: ({ event }) => ['second', event.n] } },
              THIRD: { actions: { type: 'add', params: { by: 1 } } },
            },
          },
          c: { type: 'final' },
        },
      }),
    script: [send('GO')],
    ends: { status: 'done', context: { n: 2, got: ['first', ['second', 0]] } },
  },
  {
    id: 'queued-actions',
    machine: () =>
      chooser.createMachine({
        id: 'queued-actions',
        context: start,
        on: {
          GO: {
            actions: enqueueActions(({ context, event, enqueue, check }) => {
              enqueue.assign({ n: Number(event.n) });
              enqueue({ type: 'keep', params: `before ${context.n}` });
              if (check({ type: 'atLeast', params: { n: 5 } })) enqueue.raise({ type: 'BIG' });
              if (check(not('isEven'))) enqueue({ type: 'twice', params: 'odd' });
              enqueue.emit({ type: 'went', n: context.n });
              enqueue.raise({ type: 'LATER' }, { delay: 10, id: 'later' });
              enqueue.cancel('later');
            }),
          },
          BIG: { actions: { type: 'keep', params: 'big' } },
          LATER: { actions: { type: 'keep', params: 'later' } },
        },
      }),
    script: [send('GO', { n: 7 }), send('GO', { n: 2 })],
    ends: { context: { n: 2, got: ['before 0', 'before 7', 'odd', 'odd', 'big'] } },
  },
  {
    id: 'emitted',
    machine: () =>
      chooser.createMachine({
        id: 'emitted',
        context: start,
        entry: emit({ type: 'born' }),
        initial: 'a',
        states: {
          a: {
            exit: emit(({ context }) => ({ type: 'left', n: context.n })),
            on: {
              ADD: {
                actions: [{ type: 'add', params: { by: 2 } }, emit({ type: 'added', by: 2 })],
              },
              END: 'b',
            },
          },
          b: { type: 'final', entry: emit({ type: 'ended' }) },
        },
      }),
    script: [send('ADD'), send('END')],
    ends: { status: 'done', context: { n: 2, got: [] } },
  },
  {
    id: 'parameters',
    machine: () =>
      chooser.createMachine({
        id: 'parameters',
        context: start,
        on: {
          ADD: {
            guard: {
              type: 'atLeast',
              params: ({ context, event }) => ({ n: context.n - Number(event.by) + 1 }),
            },
            actions: [
              { type: 'add', params: ({ event }) => ({ by: Number(event.by) }) },
              { type: 'keep', params: ({ context }) => context.n },
            ],
          },
        },
      }),
    script: [send('ADD', { by: 3 }), send('ADD', { by: -1 }), send('ADD', { by: 4 })],
    ends: { context: { n: 7, got: [3, 7] } },
  },
];
