/**
 * Machines that can't be made durable: what of each is refused, when, and with which remedy.
 */
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  createActor,
  createMachine,
  fromCallback,
  fromEventObservable,
  fromObservable,
  fromPromise,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';

/** A machine that is refused. */
export interface Refused {
  readonly name: string;
  readonly machine: AnyStateMachine;
  /** At the start of the run, or in the turn that does it. */
  readonly when: 'start' | 'turn';
  readonly code: 'NOT_DURABLE' | 'BAD_ID';
  /** Where in the machine. */
  readonly place: RegExp;
  readonly remedy: RegExp;
}

const silent = createMachine({ id: 'silent' });
const callback = fromCallback(() => undefined);
const observable = fromObservable(() => ({ subscribe: () => ({ unsubscribe: () => undefined }) }));
const eventObservable = fromEventObservable(() => ({
  subscribe: () => ({ unsubscribe: () => undefined }),
}));

const useLogic = /use fromPromise, fromTransition or a machine/;

const atStart: readonly Refused[] = [
  ...Object.entries({ callback, observable, eventObservable }).flatMap(
    ([name, src]): readonly Refused[] => [
      {
        name: `an inline ${name} that is invoked`,
        machine: createMachine({
          id: `inline-${name}`,
          initial: 'a',
          states: { a: { invoke: { src } } },
        }),
        when: 'start',
        code: 'NOT_DURABLE',
        place: /xstate\.invoke\.0\.inline-\w+\.a/,
        remedy: useLogic,
      },
      {
        name: `a named ${name}`,
        machine: setup({ actors: { named: src } }).createMachine({
          id: `named-${name}`,
          invoke: { src: 'named' },
        }),
        when: 'start',
        code: 'NOT_DURABLE',
        place: /source named/,
        remedy: useLogic,
      },
    ],
  ),
  {
    name: 'a source without implementation',
    machine: createMachine({
      id: 'missing',
      initial: 'a',
      states: { a: { invoke: { src: 'lost' } } },
    }),
    when: 'start',
    code: 'NOT_DURABLE',
    place: /source lost in missing\.a/,
    remedy: /under `actors` in setup or provide/,
  },
  {
    name: 'inline logic in spawnChild, in an entry',
    machine: createMachine({ id: 'spawns-inline', entry: spawnChild(silent, { id: 'kid' }) }),
    when: 'start',
    code: 'NOT_DURABLE',
    place: /spawns-inline/,
    remedy: /name it under `actors`/,
  },
  {
    name: 'inline logic in spawnChild, in a transition',
    machine: createMachine({
      id: 'spawns-inline-on-event',
      on: {
        GO: {
          actions: [
            spawnChild(
              fromPromise(async () => 1),
              { id: 'kid' },
            ),
          ],
        },
      },
    }),
    when: 'start',
    code: 'NOT_DURABLE',
    place: /spawns-inline-on-event/,
    remedy: /name it under `actors`/,
  },
  {
    name: 'a machine without id',
    machine: createMachine({ context: {} }),
    when: 'start',
    code: 'BAD_ID',
    place: /id of the machine/,
    remedy: /./,
  },
  {
    name: 'a callback below an invoked machine',
    machine: setup({
      actors: { child: createMachine({ id: 'child', invoke: { src: callback } }) },
    }).createMachine({ id: 'callback-below', invoke: { src: 'child' } }),
    when: 'start',
    code: 'NOT_DURABLE',
    place: /xstate\.invoke\.0\.child/,
    remedy: useLogic,
  },
];

interface Context {
  readonly held?: unknown;
}

const turning = setup({
  types: {} as { context: Context; events: AnyEventObject },
  actors: { silent },
});

/** A machine that keeps on GO what can't be kept. */
const keeping = (id: string, held: () => unknown): AnyStateMachine =>
  turning.createMachine({ id, context: {}, on: { GO: { actions: assign({ held }) } } });

class Money {
  readonly cents = 1;
}

const kept = (name: string, held: () => unknown, remedy: RegExp): Refused => ({
  name: `a context with ${name}`,
  machine: keeping(`keeps-${name.replaceAll(' ', '-')}`, held),
  when: 'turn',
  code: 'NOT_DURABLE',
  place: /context\.held/,
  remedy,
});

const inTurn: readonly Refused[] = [
  kept('a Map', () => new Map([['a', 1]]), /plain object/),
  kept('a Set', () => new Set([1]), /array/),
  kept('a Date', () => new Date(0), /getTime/),
  kept('a function', () => () => 1, /JSON/),
  kept('an instance', () => new Money(), /plain data/),
  kept('an Error', () => new RangeError('no'), /message/),
  kept('a BigInt', () => 1n, /JSON/),
  kept('a NaN', () => Number.NaN, /finite/),
  kept('a symbol', () => Symbol('s'), /JSON/),
  kept('a promise', () => Promise.resolve(), /fromPromise/),
  kept('a foreign actor', () => createActor(silent), /references that the runtime gave/),
  {
    name: 'spawn without id',
    machine: turning.createMachine({
      id: 'spawns-nameless',
      context: {},
      on: { GO: { actions: assign({ held: ({ spawn }) => spawn('silent') }) } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /an actor of silent/,
    remedy: /give it an id/,
  },
  {
    name: 'spawnChild without id',
    machine: turning.createMachine({
      id: 'spawns-child-nameless',
      context: {},
      on: { GO: { actions: spawnChild('silent') } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /an actor of silent/,
    remedy: /give it an id/,
  },
  {
    name: 'inline logic in spawn',
    machine: createMachine({
      id: 'spawns-logic',
      context: {},
      on: { GO: { actions: assign({ held: ({ spawn }) => spawn(silent, { id: 'kid' }) }) } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /the actor kid/,
    remedy: /name it under `actors`/,
  },
  {
    name: 'two living children with one id',
    machine: turning.createMachine({
      id: 'spawns-twins',
      context: {},
      entry: spawnChild('silent', { id: 'kid' }),
      on: { GO: { actions: spawnChild('silent', { id: 'kid' }) } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /the actor kid/,
    remedy: /another id/,
  },
  {
    name: 'an event with a function',
    machine: turning.createMachine({
      id: 'sends-a-function',
      context: {},
      invoke: { id: 'kid', src: 'silent' },
      on: { GO: { actions: sendTo('kid', { type: 'X', run: () => 1 }) } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /a sent event at run/,
    remedy: /JSON/,
  },
  {
    name: 'an event to a foreign actor',
    machine: turning.createMachine({
      id: 'sends-abroad',
      context: {},
      on: { GO: { actions: sendTo(() => createActor(silent) as AnyActorRef, { type: 'X' }) } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /the target of a sendTo/,
    remedy: /a reference that an event brought/,
  },
  {
    name: 'a systemId that is taken',
    machine: turning.createMachine({
      id: 'takes-a-name',
      context: {},
      entry: spawnChild('silent', { id: 'one', systemId: 'name' }),
      on: { GO: { actions: spawnChild('silent', { id: 'two', systemId: 'name' }) } },
    }),
    when: 'turn',
    code: 'NOT_DURABLE',
    place: /the systemId name/,
    remedy: /another name/,
  },
];

/** All that is refused. */
export const refusedMachines: readonly Refused[] = [...atStart, ...inTurn];
