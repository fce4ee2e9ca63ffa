/**
 * Concurrent sorted list: workers insert into, search and measure one actor's list, each waiting
 * for its answer.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { drawn, type Ended, program, type Ref, seedOf, sum, upTo } from '../program.ts';

const NUMBERS = 1_000;

type Ask =
  | { type: 'insert'; from: Ref; question: number; number: number }
  | { type: 'contains'; from: Ref; question: number; number: number }
  | { type: 'size'; from: Ref; question: number };

/** How many of a sorted list's numbers are smaller: by halving. */
function placeOf(list: readonly number[], number: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

const sortedList = setup({
  types: {} as {
    context: { list: number[]; asked: number };
    events: Ask | { type: 'close' };
    output: { list: number[]; asked: number };
  },
  actions: {
    answer: enqueueActions(({ context: { list, asked }, event, enqueue }) => {
      if (event.type === 'close') return;
      enqueue.assign({ asked: asked + 1 });
      if (event.type === 'insert')
        enqueue.assign({ list: list.toSpliced(placeOf(list, event.number), 0, event.number) });
      const has = event.type !== 'contains' || list[placeOf(list, event.number)] === event.number;
      const size = list.length + (event.type === 'insert' ? 1 : 0);
      enqueue.sendTo(event.from, { type: 'answer', question: event.question, size, has });
    }),
  },
}).createMachine({
  id: 'sorted-list',
  context: { list: [], asked: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        insert: { actions: 'answer' },
        contains: { actions: 'answer' },
        size: { actions: 'answer' },
        close: 'closed',
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context: { list, asked } }) => ({ list, asked }),
});

/** What a worker saw: a list that got smaller, or had not what it had inserted last, is wrong. */
interface Tally {
  answered: number;
  inserted: number;
  wrong: number;
}

interface Work {
  messages: number;
  writePercent: number;
  sizePercent: number;
  seed: number;
}

const worker = setup({
  types: {} as {
    input: Work;
    context: Work & Tally & { store: Ref | null; last: number; seen: number };
    events:
      | { type: 'begin'; store: Ref }
      | { type: 'answer'; question: number; size: number; has: boolean };
    output: Tally;
  },
  actions: {
    ask: enqueueActions(({ context, enqueue, self: from }) => {
      const { store, sizePercent, writePercent, inserted, last, answered: question } = context;
      const seed = drawn(context.seed);
      enqueue.assign({ seed });
      if (store === null) return;
      const percent = seed % 100;
      const number = Math.floor(seed / 100) % NUMBERS;
      if (percent < sizePercent) enqueue.sendTo(store, { type: 'size', from, question });
      else if (inserted > 0 && percent >= sizePercent + writePercent)
        enqueue.sendTo(store, { type: 'contains', from, question, number: last });
      else {
        enqueue.assign({ inserted: inserted + 1, last: number });
        enqueue.sendTo(store, { type: 'insert', from, question, number });
      }
    }),
    tally: assign(({ context: { answered, wrong, seen }, event }) => {
      if (event.type !== 'answer') return {};
      const isRight = event.question === answered && event.has && event.size >= seen;
      return { answered: answered + 1, wrong: wrong + (isRight ? 0 : 1), seen: event.size };
    }),
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({
    ...input,
    answered: 0,
    inserted: 0,
    wrong: 0,
    store: null,
    last: -1,
    seen: 0,
  }),
  initial: 'working',
  states: {
    working: {
      on: {
        begin: { actions: [assign({ store: ({ event }) => event.store }), 'ask'] },
        answer: [
          {
            guard: ({ context }) => context.answered + 1 < context.messages,
            actions: ['tally', 'ask'],
          },
          { target: 'ended', actions: 'tally' },
        ],
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { answered, inserted, wrong } }) => ({ answered, inserted, wrong }),
});

type ListEnd = { list: number[]; asked: number };

const machine = setup({
  types: {} as {
    input: Work & { workers: number };
    context: Work & { workers: number; store: Ref; tallies: Tally[]; end: ListEnd | null };
    events: Ended<Tally | ListEnd>;
    output: { value: number; tallies: Tally[]; end: ListEnd | null };
  },
  actors: { sortedList, worker },
}).createMachine({
  id: 'savina-concurrent-sorted-list',
  context: ({ input, spawn }) => ({
    ...input,
    store: spawn('sortedList', { id: 'list' }),
    tallies: [],
    end: null,
  }),
  initial: 'working',
  on: {
    'xstate.done.actor.*': {
      actions: assign(({ context, event: { output } }) =>
        'list' in output ? { end: output } : { tallies: [...context.tallies, output] },
      ),
    },
  },
  states: {
    working: {
      entry: enqueueActions(({ context, enqueue }) => {
        const { store, messages, writePercent, sizePercent, seed } = context;
        for (const index of upTo(context.workers)) {
          const id = `worker-${index}`;
          const input = { messages, writePercent, sizePercent, seed: seedOf(seed, index) };
          enqueue.spawnChild('worker', { id, input });
          enqueue.sendTo(id, { type: 'begin', store });
        }
      }),
      always: {
        guard: ({ context }) => context.tallies.length === context.workers,
        target: 'closing',
      },
    },
    closing: {
      entry: enqueueActions(({ context, enqueue }) => {
        enqueue.sendTo(context.store, { type: 'close' });
      }),
      always: { guard: ({ context }) => context.end !== null, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { tallies, end } }) => ({
    value: sum(tallies.map(({ answered }) => answered)),
    tallies,
    end,
  }),
});

const TallyOutput = z.object({ answered: z.number(), inserted: z.number(), wrong: z.number() });

/** The program. */
export const concurrentSortedList = program({
  name: 'concurrent sorted list',
  machine,
  scaled: { workers: 10, messages: 150, writePercent: 10, sizePercent: 1, seed: 1 },
  output: z.object({
    value: z.number(),
    tallies: z.array(TallyOutput),
    end: z.object({ list: z.array(z.number()), asked: z.number() }),
  }),
  value: ({ workers, messages }) => workers * messages,
  actors: ({ workers }) => workers + 2,
  claims: (_, { value, tallies, end: { list, asked } }) => ({
    'the list stays sorted': list.every((number, place) => number >= (list[place - 1] ?? 0)),
    'each insertion is in it once': list.length === sum(tallies.map((one) => one.inserted)),
    'every answer is right': tallies.every(({ wrong }) => wrong === 0),
    'the list was asked as often as it answered': asked === value,
  }),
});
