/**
 * Machines with all that has to outlive a process: promises, children, timers, delayed events for
 * others, names. What a voyage ends with does not depend on how its actors take turns.
 */
import { assign, fromPromise, sendParent, sendTo, setup, spawnChild } from 'xstate';
import { idempotencyKey } from '../../../src/index.ts';

/** Rounds of a voyage. */
export const rounds = 6;

/** Told of each run of a promise, with its key. */
export type Ran = (promise: string, key: string) => void;

interface Log {
  readonly round: number;
  readonly packed: readonly string[];
  readonly hoisted: number;
  readonly reports: number;
  readonly alarms: number;
  readonly cries: readonly number[];
}

type Told = { readonly type: 'HOISTED' | 'REPORT' | 'ALARM' } | Cry;
interface Cry {
  readonly type: 'CRY';
  readonly cry: number;
}

/** Answers after a while, under a name of its own. */
const gull = setup({
  types: {} as { context: { cries: number } },
}).createMachine({
  id: 'gull',
  context: { cries: 0 },
  on: {
    CALL: {
      actions: [
        assign({ cries: ({ context }) => context.cries + 1 }),
        sendTo(
          ({ system }) => system.get('captain'),
          ({ context }) => ({ type: 'CRY', cry: context.cries }),
          { delay: 2 },
        ),
      ],
    },
  },
});

/** Takes its orders from its parent, with a promise and two timers of its own. */
const crewThat = (ran: Ran) =>
  setup({
    actors: { hoist: promised('hoist', ran) },
  }).createMachine({
    id: 'crew',
    initial: 'resting',
    states: {
      resting: { on: { WAKE: 'hoisting' } },
      hoisting: {
        invoke: {
          src: 'hoist',
          id: 'hoist',
          input: 'sails',
          onDone: { target: 'watching', actions: sendParent({ type: 'HOISTED' }) },
        },
      },
      watching: { after: { 3: 'reporting' } },
      reporting: { entry: sendParent({ type: 'REPORT' }), after: { 2: 'home' } },
      home: { type: 'final' },
    },
  });

const promised = (name: string, ran: Ran) =>
  fromPromise<string, string>(async ({ input, self }) => {
    ran(name, idempotencyKey(self));
    await new Promise((resolve) => void setImmediate(resolve));
    return `${name} ${input}`;
  });

/** A captain who packs, sails with a crew and calls the gull, round after round. */
export const voyageThat = (ran: Ran) =>
  setup({
    types: {} as { context: Log; events: Told; output: Log },
    actors: { pack: promised('pack', ran), crew: crewThat(ran), captain, gull },
    actions: {
      countHoisted: assign({ hoisted: ({ context }) => context.hoisted + 1 }),
      countReport: assign({ reports: ({ context }) => context.reports + 1 }),
      countAlarm: assign({ alarms: ({ context }) => context.alarms + 1 }),
    },
    guards: { isHome: ({ context }) => context.round === rounds },
  }).createMachine({
    id: 'voyage',
    initial: 'packing',
    context: { round: 1, packed: [], hoisted: 0, reports: 0, alarms: 0, cries: [] },
    entry: [
      spawnChild('gull', { id: 'gull', systemId: 'gull' }),
      spawnChild('captain', { id: 'captain', systemId: 'captain' }),
    ],
    on: {
      HOISTED: { actions: 'countHoisted' },
      REPORT: { actions: 'countReport' },
      ALARM: { actions: 'countAlarm' },
    },
    states: {
      packing: {
        invoke: {
          src: 'pack',
          id: 'pack',
          input: ({ context }) => `bag ${context.round}`,
          onDone: {
            target: 'sailing',
            actions: assign({ packed: ({ context, event }) => [...context.packed, event.output] }),
          },
        },
      },
      sailing: {
        entry: sendTo('crew', { type: 'WAKE' }, { delay: 2 }),
        invoke: { src: 'crew', id: 'crew', onDone: 'waiting' },
      },
      waiting: { after: { 2: { target: 'calling', actions: 'countAlarm' } } },
      calling: {
        entry: sendTo(({ system }) => system.get('gull'), { type: 'CALL' }),
        on: {
          CRY: {
            target: 'deciding',
            actions: assign({ cries: ({ context, event }) => [...context.cries, event.cry] }),
          },
        },
      },
      deciding: {
        always: [
          { guard: 'isHome', target: 'home' },
          { target: 'packing', actions: assign({ round: ({ context }) => context.round + 1 }) },
        ],
      },
      home: { type: 'final' },
    },
    output: ({ context }) => context,
  });

/** Passes on to its parent what the gull cries for it. */
const captain = setup({}).createMachine({
  id: 'captain',
  on: { CRY: { actions: sendParent(({ event }) => event) } },
});

/** Keeps each number that it was sent, in the order in which they came. */
export const counter = setup({
  types: {} as {
    context: { numbers: readonly number[] };
    events: { type: 'ADD'; n: number } | { type: 'END' };
    output: readonly number[];
  },
}).createMachine({
  id: 'counter',
  initial: 'open',
  context: { numbers: [] },
  states: {
    open: {
      on: {
        ADD: {
          actions: assign({ numbers: ({ context, event }) => [...context.numbers, event.n] }),
        },
        END: 'closed',
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context }) => context.numbers,
});
