/**
 * Logistic map: each series lets its own computer compute term after term; while it waits for one,
 * what else it is asked is kept for later.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

const RATE = 3.46;
const STEP = 0.0025;

const rateOf = (index: number): number => RATE + index * STEP;
const firstOf = (index: number): number => (index + 1) * STEP;
const nextTerm = (rate: number, term: number): number => rate * term * (1 - term);

const computer = setup({
  types: {} as {
    input: { rate: number };
    context: { rate: number; computed: number };
    events: { type: 'compute'; from: Ref; term: number; place: number } | { type: 'close' };
    output: number;
  },
}).createMachine({
  id: 'computer',
  context: ({ input }) => ({ rate: input.rate, computed: 0 }),
  initial: 'open',
  states: {
    open: {
      on: {
        compute: {
          actions: enqueueActions(({ context: { rate, computed }, event, enqueue }) => {
            const { from, term, place } = event;
            enqueue.assign({ computed: computed + 1 });
            enqueue.sendTo(from, { type: 'term', term: nextTerm(rate, term), place });
          }),
        },
        close: 'closed',
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context }) => context.computed,
});

interface SeriesContext {
  index: number;
  computer: Ref;
  term: number;
  /** Terms that came. */
  place: number;
  /** Terms that are asked for and not begun. */
  stashed: number;
  /** What the computer says that it computed. */
  computed: number;
  /** Answers that are none to the last question. */
  wrong: number;
  isAsked: boolean;
}

/** The end of a series. */
interface Computed {
  index: number;
  term: number;
  place: number;
  computed: number;
  wrong: number;
}

const series = setup({
  types: {} as {
    input: { index: number };
    context: SeriesContext;
    events:
      | { type: 'next' }
      | { type: 'term'; term: number; place: number }
      | { type: 'get' }
      | Ended<number>;
    output: Computed;
  },
  actors: { computer },
}).createMachine({
  id: 'series',
  context: ({ input: { index }, spawn }) => ({
    index,
    computer: spawn('computer', { id: 'computer', input: { rate: rateOf(index) } }),
    term: firstOf(index),
    place: 0,
    computed: 0,
    stashed: 0,
    wrong: 0,
    isAsked: false,
  }),
  initial: 'idle',
  on: {
    next: { actions: assign({ stashed: ({ context }) => context.stashed + 1 }) },
    get: { actions: assign({ isAsked: true }) },
    term: { actions: assign({ wrong: ({ context }) => context.wrong + 1 }) },
  },
  states: {
    idle: {
      always: [
        {
          guard: ({ context }) => context.stashed > 0,
          target: 'waiting',
          actions: assign({ stashed: ({ context }) => context.stashed - 1 }),
        },
        { guard: ({ context }) => context.isAsked, target: 'closing' },
      ],
    },
    waiting: {
      entry: enqueueActions(({ context: { computer: one, term, place }, enqueue, self }) => {
        enqueue.sendTo(one, { type: 'compute', from: self, term, place });
      }),
      on: {
        term: {
          target: 'idle',
          actions: assign({
            term: ({ event }) => event.term,
            place: ({ context }) => context.place + 1,
            wrong: ({ context, event }) => context.wrong + (event.place === context.place ? 0 : 1),
          }),
        },
      },
    },
    closing: {
      entry: enqueueActions(({ context, enqueue }) => {
        enqueue.sendTo(context.computer, { type: 'close' });
      }),
      on: {
        'xstate.done.actor.*': {
          target: 'ended',
          actions: assign({ computed: ({ event }) => event.output }),
        },
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => {
    const { index, term, place, computed, wrong } = context;
    return { index, term, place, computed, wrong };
  },
});

const machine = setup({
  types: {} as {
    input: { series: number; terms: number };
    context: { series: number; terms: number; ended: Computed[] };
    events: Ended<Computed>;
    output: { value: number; ended: Computed[] };
  },
  actors: { series },
}).createMachine({
  id: 'savina-logistic-map',
  context: ({ input }) => ({ ...input, ended: [] }),
  initial: 'computing',
  states: {
    computing: {
      entry: enqueueActions(({ context, enqueue }) => {
        for (const index of upTo(context.series))
          enqueue.spawnChild('series', { id: `series-${index}`, input: { index } });
        for (const _ of upTo(context.terms))
          for (const index of upTo(context.series))
            enqueue.sendTo(`series-${index}`, { type: 'next' });
        for (const index of upTo(context.series))
          enqueue.sendTo(`series-${index}`, { type: 'get' });
      }),
      on: {
        'xstate.done.actor.*': {
          actions: assign({ ended: ({ context, event }) => [...context.ended, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.ended.length === context.series, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { ended } }) => ({ value: sum(ended.map(({ place }) => place)), ended }),
});

/** The last term, computed one after the other. */
const lastOf = (index: number, terms: number): number =>
  upTo(terms).reduce((term) => nextTerm(rateOf(index), term), firstOf(index));

/** The program. */
export const logisticMap = program({
  name: 'logistic map',
  machine,
  scaled: { series: 5, terms: 250 },
  output: z.object({
    value: z.number(),
    ended: z.array(
      z.object({
        index: z.number(),
        term: z.number(),
        place: z.number(),
        computed: z.number(),
        wrong: z.number(),
      }),
    ),
  }),
  value: ({ series: count, terms }) => count * terms,
  actors: ({ series: count }) => 2 * count + 1,
  claims: ({ terms }, { ended }) => ({
    'each series computes its own sequence': ended.every(
      ({ index, term }) => term === lastOf(index, terms),
    ),
    'each term is computed once': ended.every(({ computed }) => computed === terms),
    'answers come in the order of the questions': ended.every(({ wrong }) => wrong === 0),
    'each series ends once': new Set(ended.map(({ index }) => index)).size === ended.length,
  }),
});
