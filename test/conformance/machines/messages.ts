/**
 * Cases of messages between machines: to parents, to siblings, to oneself, forwarded, answered.
 */
import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  forwardTo,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';
import { advance, type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly got: readonly unknown[];
}

const types = {} as { context: Context; events: AnyEventObject };
const none: Context = { got: [] };

/** Speaks at its start, at its end, and whenever it is asked. */
const talker = setup({ types }).createMachine({
  id: 'talker',
  context: none,
  entry: [sendParent({ type: 'SAID', text: 'hello' }), sendParent({ type: 'SAID', text: 'again' })],
  initial: 'a',
  states: {
    a: {
      entry: sendParent({ type: 'SAID', text: 'in a' }),
      exit: sendParent({ type: 'SAID', text: 'out of a' }),
      on: { END: 'b' },
    },
    b: { type: 'final', entry: sendParent({ type: 'SAID', text: 'bye' }) },
  },
});

/** Answers whoever is named in the question. */
const answerer = setup({ types }).createMachine({
  id: 'answerer',
  context: none,
  on: {
    ASK: {
      actions: sendTo(
        ({ event }) => event.replyTo as AnyActorRef,
        ({ event, self }) => ({
          type: 'ANSWER',
          text: `${event.text}!`,
          by: self,
        }),
      ),
    },
  },
});

const said = {
  actions: { type: 'keep', params: ({ event }: { event: AnyEventObject }) => event.text },
} as const;

const stage = setup({
  types,
  actors: { talker, answerer },
  actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
});

/** The cases. */
export const messages: readonly Case[] = [
  {
    id: 'parent-told-at-entry',
    machine: () =>
      stage.createMachine({
        id: 'parent-told-at-entry',
        context: none,
        initial: 'waits',
        states: {
          waits: { on: { GO: 'listens' } },
          listens: {
            invoke: { id: 'talker', src: 'talker', onDone: 'done' },
            on: { SAID: said, END: { actions: sendTo('talker', { type: 'END' }) } },
          },
          done: {},
        },
      }),
    script: [send('GO'), send('END')],
    ends: { value: 'done', context: { got: ['hello', 'again', 'in a', 'out of a', 'bye'] } },
  },
  {
    id: 'parent-leaves-before-child-speaks',
    machine: () =>
      stage.createMachine({
        id: 'parent-leaves-before-child-speaks',
        context: none,
        on: { SAID: said },
        initial: 'starts',
        states: {
          starts: { invoke: { id: 'talker', src: 'talker' }, on: { STOP: 'stopped' } },
          stopped: {},
        },
      }),
    script: [send('STOP')],
    ends: { value: 'stopped', context: { got: ['hello', 'again', 'in a'] } },
  },
  {
    id: 'parent-ends-while-children-live',
    machine: () =>
      stage.createMachine({
        id: 'parent-ends-while-children-live',
        context: none,
        entry: spawnChild('talker', { id: 'spawned' }),
        initial: 'works',
        states: {
          works: { invoke: { id: 'invoked', src: 'talker' }, on: { END: 'done' } },
          done: { type: 'final' },
        },
        on: { SAID: said },
        output: ({ context }) => context.got.length,
      }),
    script: [send('END'), send('END'), advance(10)],
    ends: { status: 'done', output: 6 },
  },
  {
    id: 'reply-to-ref-in-event',
    machine: () =>
      stage.createMachine({
        id: 'reply-to-ref-in-event',
        context: none,
        invoke: { id: 'oracle', src: 'answerer' },
        on: {
          ASK: {
            actions: sendTo('oracle', ({ event, self }) => ({
              type: 'ASK',
              text: event.text,
              replyTo: self,
            })),
          },
          ANSWER: said,
        },
      }),
    script: [send('ASK', { text: 'why' }), send('ASK', { text: 'how' })],
    ends: { context: { got: ['why!', 'how!'] } },
  },
  {
    id: 'ref-introduced-to-sibling',
    machine: () =>
      stage.createMachine({
        id: 'ref-introduced-to-sibling',
        context: none,
        invoke: [
          { id: 'one', src: 'answerer' },
          { id: 'two', src: 'talker' },
        ],
        on: {
          SAID: said,
          MEET: {
            actions: sendTo('one', ({ self }) => ({
              type: 'ASK',
              text: 'END',
              replyTo: self.getSnapshot().children.two,
            })),
          },
        },
      }),
    script: [send('MEET')],
    ends: { context: { got: ['hello', 'again', 'in a'] } },
  },
  {
    id: 'forwarded',
    machine: () =>
      stage.createMachine({
        id: 'forwarded',
        context: none,
        invoke: { id: 'talker', src: 'talker' },
        on: { SAID: said, END: { actions: forwardTo('talker') } },
      }),
    script: [send('END', { why: 'enough' })],
    ends: { context: { got: ['hello', 'again', 'in a', 'out of a', 'bye'] } },
  },
  {
    id: 'sent-to-self',
    machine: () =>
      stage.createMachine({
        id: 'sent-to-self',
        context: none,
        on: {
          COUNT: {
            guard: ({ event }) => event.n > 0,
            actions: [
              { type: 'keep', params: ({ event }) => event.n },
              sendTo(
                ({ self }) => self,
                ({ event }) => ({ type: 'COUNT', n: event.n - 1 }),
              ),
              raise({ type: 'RAISED' }),
            ],
          },
          RAISED: { actions: { type: 'keep', params: 'raised' } },
        },
      }),
    script: [send('COUNT', { n: 3 })],
    ends: { context: { got: [3, 'raised', 2, 'raised', 1, 'raised'] } },
  },
  {
    id: 'sent-later',
    machine: () =>
      stage.createMachine({
        id: 'sent-later',
        context: none,
        initial: 'works',
        states: {
          works: {
            invoke: { id: 'talker', src: 'talker' },
            entry: sendTo('talker', { type: 'END' }, { delay: 200 }),
            on: { LEAVE: 'left' },
          },
          left: { on: { BACK: 'works' } },
        },
        on: {
          SAID: said,
          SELF: {
            actions: sendTo(({ self }) => self, { type: 'SAID', text: 'self' }, { delay: 30 }),
          },
        },
      }),
    script: [
      send('SELF'),
      advance(29),
      advance(1),
      send('LEAVE'),
      send('BACK'),
      advance(170),
      advance(100),
    ],
    ends: { value: 'works' },
  },
];
