/**
 * Cases of names in the system: actors that find each other by `systemId`, names that pass on.
 */
import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly got: readonly unknown[];
}

const types = {} as { context: Context; events: AnyEventObject };
const none: Context = { got: [] };

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

/** Plays ball with a sibling that it finds by the system's name. */
const player = setup({ types }).createMachine({
  id: 'player',
  context: none,
  on: {
    BALL: {
      guard: ({ event }) => event.left > 0,
      actions: sendTo(
        ({ system, event }) => system.get(event.to as string) as AnyActorRef,
        ({ event }) => ({
          type: 'BALL',
          left: Number(event.left) - 1,
          to: event.from,
          from: event.to,
        }),
      ),
    },
  },
});

/** Has somebody below it whom all know. */
const team = setup({ types, actors: { answerer } }).createMachine({
  id: 'team',
  context: none,
  invoke: { id: 'one', src: 'answerer', systemId: 'below' },
});

const said = {
  actions: { type: 'keep', params: ({ event }: { event: AnyEventObject }) => event.text },
} as const;

const stage = setup({
  types,
  actors: { answerer, player, team },
  actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
});

/** The cases. */
export const systemNames: readonly Case[] = [
  {
    id: 'ping-pong-by-system-name',
    machine: () =>
      stage.createMachine({
        id: 'ping-pong-by-system-name',
        context: none,
        invoke: [
          { id: 'a', src: 'player', systemId: 'ann' },
          { id: 'b', src: 'player', systemId: 'bob' },
        ],
        on: {
          START: {
            actions: sendTo(({ system }) => system.get('ann') as AnyActorRef, {
              type: 'BALL',
              left: 9,
              to: 'bob',
              from: 'ann',
            }),
          },
        },
      }),
    script: [send('START')],
    ends: { status: 'active' },
  },
  {
    id: 'system-name-entered-again',
    machine: () =>
      stage.createMachine({
        id: 'system-name-entered-again',
        context: none,
        initial: 'works',
        states: {
          works: {
            invoke: { id: 'o', src: 'answerer', systemId: 'oracle' },
            on: {
              AGAIN: { target: 'works', reenter: true },
              OTHER: 'other',
              ASK: {
                actions: sendTo(
                  ({ system }) => system.get('oracle') as AnyActorRef,
                  ({ self }) => ({
                    type: 'ASK',
                    text: 'what',
                    replyTo: self,
                  }),
                ),
              },
            },
          },
          other: {
            entry: spawnChild('answerer', { id: 'p', systemId: 'oracle' }),
            on: {
              ASK: {
                actions: sendTo(
                  ({ system }) => system.get('oracle') as AnyActorRef,
                  ({ self }) => ({
                    type: 'ASK',
                    text: 'who',
                    replyTo: self,
                  }),
                ),
              },
            },
          },
        },
        on: { ANSWER: said },
      }),
    script: [send('ASK'), send('AGAIN'), send('ASK'), send('OTHER'), send('ASK')],
    ends: { value: 'other', context: { got: ['what!', 'what!', 'who!'] } },
  },
  {
    id: 'system-name-below',
    machine: () =>
      stage.createMachine({
        id: 'system-name-below',
        context: none,
        initial: 'works',
        states: {
          works: {
            invoke: { id: 'team', src: 'team' },
            on: {
              LEAVE: 'left',
              ASK: {
                actions: sendTo(
                  ({ system }) => system.get('below') as AnyActorRef,
                  ({ self }) => ({ type: 'ASK', text: 'who', replyTo: self }),
                ),
              },
            },
          },
          left: {
            entry: spawnChild('answerer', { id: 'p', systemId: 'below' }),
            exit: stopChild('p'),
            on: { BACK: 'works' },
          },
        },
        on: { ANSWER: said },
      }),
    script: [send('ASK'), send('LEAVE'), send('BACK'), send('ASK')],
    ends: { value: 'works', context: { got: ['who!', 'who!'] } },
  },
];
