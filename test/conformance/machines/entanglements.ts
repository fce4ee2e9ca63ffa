/**
 * Cases of what touches in one turn: told and then stopped, armed and then cancelled, old names for
 * new actors, parents in inputs, many answers at once, messages that come by two ways.
 */
import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  cancel,
  enqueueActions,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { echo } from '../echo.ts';
import { advance, type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly got: readonly unknown[];
  readonly n: number;
  readonly kid?: AnyActorRef;
}

/** Passes a number on to its next, and in the end to who began it. */
const relay = setup({
  types: {} as {
    context: { readonly next: AnyActorRef; readonly add: number };
    events: AnyEventObject;
    input: { readonly next: AnyActorRef; readonly add: number };
  },
}).createMachine({
  id: 'relay',
  context: ({ input }) => input,
  on: {
    PASS: {
      actions: sendTo(
        ({ context }) => context.next,
        ({ context, event }) => ({ type: 'PASS', n: event.n + context.add }),
      ),
    },
  },
});

/** Throws a ball back to its parent as often as it comes. */
const wall = setup({ types: {} as { events: AnyEventObject } }).createMachine({
  id: 'wall',
  on: { BALL: { actions: sendParent(({ event }) => event) } },
});

const knot = setup({
  types: {} as { context: Context; events: AnyEventObject; children: Record<string, 'echo'> },
  actors: { echo, relay, wall },
  actions: {
    keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }),
    add: assign({ n: ({ context, event }) => context.n + event.n }),
  },
});

const none: Context = { got: [], n: 0 };
const heard = {
  actions: { type: 'keep', params: ({ event }: { event: AnyEventObject }) => event.by },
} as const;

/** The cases. */
export const entanglements: readonly Case[] = [
  {
    id: 'told-then-stopped',
    machine: () =>
      knot.createMachine({
        id: 'told-then-stopped',
        context: none,
        entry: spawnChild('echo', { id: 'a', input: { name: 'a' } }),
        on: {
          GO: { actions: [sendTo('a', { type: 'HEAR' }), stopChild('a')] },
          HEARD: heard,
        },
      }),
    script: [send('GO')],
    ends: { context: { got: ['a'], n: 0 } },
  },
  {
    id: 'told-at-exit',
    machine: () =>
      knot.createMachine({
        id: 'told-at-exit',
        context: none,
        initial: 'works',
        states: {
          works: {
            invoke: { id: 'a', src: 'echo', input: { name: 'a' } },
            exit: sendTo('a', { type: 'HEAR' }),
            on: { LEAVE: 'left' },
          },
          left: {},
        },
        on: { HEARD: heard },
      }),
    script: [send('LEAVE')],
    ends: { value: 'left', context: { got: ['a'], n: 0 } },
  },
  {
    id: 'told-at-the-end',
    machine: () =>
      knot.createMachine({
        id: 'told-at-the-end',
        context: none,
        entry: spawnChild('echo', { id: 'a', input: { name: 'a' } }),
        initial: 'works',
        states: {
          works: { on: { END: 'done' } },
          done: { type: 'final', entry: sendTo('a', { type: 'HEAR' }) },
        },
        on: { HEARD: heard },
      }),
    script: [send('END')],
    ends: { status: 'done', context: { got: [], n: 0 } },
  },
  {
    id: 'armed-then-cancelled',
    machine: () =>
      knot.createMachine({
        id: 'armed-then-cancelled',
        context: none,
        on: {
          BOTH: {
            actions: [
              sendTo(({ self }) => self, { type: 'DUE', text: 'sent' }, { delay: 10, id: 's' }),
              raise({ type: 'DUE', text: 'raised' }, { delay: 10, id: 'r' }),
              cancel('s'),
              cancel('r'),
            ],
          },
          AGAIN: {
            actions: [
              cancel('t'),
              sendTo(({ self }) => self, { type: 'DUE', text: 'sent' }, { delay: 10, id: 't' }),
            ],
          },
          DUE: { actions: { type: 'keep', params: ({ event }) => event.text } },
        },
      }),
    script: [send('BOTH'), advance(10), send('AGAIN'), advance(5), send('AGAIN'), advance(10)],
    ends: { context: { got: ['sent'], n: 0 } },
  },
  {
    id: 'old-name-for-a-new-actor',
    machine: () =>
      knot.createMachine({
        id: 'old-name-for-a-new-actor',
        context: ({ spawn }) => ({
          got: [],
          n: 0,
          kid: spawn('echo', { id: 'a', input: { name: 'old' } }),
        }),
        on: {
          LATER: { actions: sendTo('a', { type: 'HEAR' }, { delay: 50 }) },
          SWAP: {
            actions: [stopChild('a'), spawnChild('echo', { id: 'a', input: { name: 'new' } })],
          },
          OLD: { actions: sendTo(({ context }) => context.kid as AnyActorRef, { type: 'HEAR' }) },
          NEW: { actions: sendTo('a', { type: 'HEAR' }) },
          HEARD: heard,
        },
      }),
    script: [send('OLD'), send('LATER'), send('SWAP'), send('OLD'), send('NEW'), advance(50)],
    ends: { context: { got: ['old', 'new'], n: 0, kid: { ref: '/a' } } },
  },
  {
    id: 'parent-in-input',
    machine: () =>
      knot.createMachine({
        id: 'parent-in-input',
        context: none,
        invoke: { id: 'r', src: 'relay', input: ({ self }) => ({ next: self, add: 1 }) },
        on: {
          GO: { actions: sendTo('r', { type: 'PASS', n: 1 }) },
          PASS: { actions: 'add' },
        },
      }),
    script: [send('GO'), send('GO')],
    ends: { context: { got: [], n: 4 } },
  },
  {
    id: 'many-answers',
    machine: () =>
      knot.createMachine({
        id: 'many-answers',
        context: none,
        entry: enqueueActions(({ enqueue }) => {
          for (let n = 1; n <= 20; n += 1) {
            enqueue.spawnChild('echo', { id: `kid-${n}`, input: { name: `${n}` } });
          }
        }),
        on: {
          ALL: {
            actions: enqueueActions(({ enqueue }) => {
              for (let n = 1; n <= 20; n += 1) enqueue.sendTo(`kid-${n}`, { type: 'HEAR' });
            }),
          },
          HEARD: heard,
        },
        always: { guard: ({ context }) => context.got.length === 40, actions: assign({ got: [] }) },
      }),
    script: [send('ALL'), send('ALL')],
    ends: { context: { got: [], n: 0 } },
  },
  {
    id: 'by-two-ways',
    machine: () =>
      knot.createMachine({
        id: 'by-two-ways',
        context: ({ spawn, self }) => {
          const short = spawn('relay', { id: 'short', input: { next: self, add: 1 } });
          const long = spawn('relay', { id: 'long', input: { next: short, add: 10 } });
          return {
            got: [],
            n: 0,
            kid: spawn('relay', { id: 'far', input: { next: long, add: 100 } }),
          };
        },
        on: {
          GO: {
            actions: [
              sendTo('far', { type: 'PASS', n: 1_000 }),
              sendTo('long', { type: 'PASS', n: 2_000 }),
              sendTo('short', { type: 'PASS', n: 3_000 }),
            ],
          },
          PASS: { actions: 'add' },
        },
      }),
    script: [send('GO')],
    ends: { context: { got: [], n: 6_123, kid: { ref: '/far' } } },
  },
  {
    id: 'ball-against-a-wall',
    machine: () =>
      knot.createMachine({
        id: 'ball-against-a-wall',
        context: none,
        invoke: { id: 'wall', src: 'wall' },
        on: {
          BALL: {
            guard: ({ event }) => event.n > 0,
            actions: sendTo('wall', ({ event }) => ({ type: 'BALL', n: event.n - 1 })),
          },
        },
      }),
    script: [send('BALL', { n: 40 })],
    ends: { status: 'active' },
  },
];
