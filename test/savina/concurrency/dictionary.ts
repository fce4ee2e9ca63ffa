/**
 * Concurrent dictionary: workers write to and read from one actor's entries, each waiting for its
 * answer. A value says which key it belongs to and which worker wrote it.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { drawn, type Ended, program, type Ref, seedOf, sum, upTo } from '../program.ts';

const KEYS = 64;

type Ask =
  | { type: 'write'; from: Ref; key: number; value: number }
  | { type: 'read'; from: Ref; key: number };

const dictionary = setup({
  types: {} as {
    context: { entries: Record<string, number>; reads: number; writes: number };
    events: Ask | { type: 'close' };
    output: number;
  },
}).createMachine({
  id: 'dictionary',
  context: { entries: {}, reads: 0, writes: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        write: {
          actions: enqueueActions(({ context: { entries, writes }, event, enqueue }) => {
            const { key, value, from } = event;
            enqueue.assign({ entries: { ...entries, [key]: value }, writes: writes + 1 });
            enqueue.sendTo(from, { type: 'answer', key, value });
          }),
        },
        read: {
          actions: enqueueActions(({ context: { entries, reads }, event, enqueue }) => {
            const { key, from } = event;
            enqueue.assign({ reads: reads + 1 });
            enqueue.sendTo(from, { type: 'answer', key, value: entries[key] ?? null });
          }),
        },
        close: 'closed',
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context: { reads, writes } }) => reads + writes,
});

/** Answers that it got, and how many of them don't fit what was asked. */
type Tally = { answered: number; wrong: number };

interface Work {
  messages: number;
  writePercent: number;
  seed: number;
}

const worker = setup({
  types: {} as {
    input: Work;
    context: Work & Tally & { store: Ref | null; key: number; wrote: number | null };
    events: { type: 'begin'; store: Ref } | { type: 'answer'; key: number; value: number | null };
    output: Tally;
  },
  actions: {
    ask: enqueueActions(({ context: { store, seed, writePercent }, enqueue, self }) => {
      const next = drawn(seed);
      const key = Math.floor(next / 100) % KEYS;
      const value = next % 100 < writePercent ? key + KEYS * (next % 1_000) : null;
      enqueue.assign({ seed: next, key, wrote: value });
      if (store === null) return;
      if (value === null) enqueue.sendTo(store, { type: 'read', from: self, key });
      else enqueue.sendTo(store, { type: 'write', from: self, key, value });
    }),
    tally: assign(({ context: { answered, wrong, key, wrote }, event }) => {
      if (event.type !== 'answer') return {};
      const { value } = event;
      const isItsOwn = value === null ? wrote === null : value % KEYS === key;
      const isRight = event.key === key && isItsOwn && (wrote === null || wrote === value);
      return { answered: answered + 1, wrong: wrong + (isRight ? 0 : 1) };
    }),
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ ...input, answered: 0, wrong: 0, store: null, key: 0, wrote: null }),
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
  output: ({ context: { answered, wrong } }) => ({ answered, wrong }),
});

const machine = setup({
  types: {} as {
    input: Work & { workers: number };
    context: Work & { workers: number; store: Ref; tallies: Tally[]; asked: number };
    events: Ended<Tally | number>;
    output: { value: number; wrong: number; asked: number };
  },
  actors: { dictionary, worker },
}).createMachine({
  id: 'savina-concurrent-dictionary',
  context: ({ input, spawn }) => ({
    ...input,
    store: spawn('dictionary', { id: 'dictionary' }),
    tallies: [],
    asked: -1,
  }),
  initial: 'working',
  on: {
    'xstate.done.actor.*': {
      actions: assign(({ context, event: { output } }) =>
        typeof output === 'number' ? { asked: output } : { tallies: [...context.tallies, output] },
      ),
    },
  },
  states: {
    working: {
      entry: enqueueActions(({ context, enqueue }) => {
        const { store, messages, writePercent, seed } = context;
        for (const index of upTo(context.workers)) {
          const id = `worker-${index}`;
          const input = { messages, writePercent, seed: seedOf(seed, index) };
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
      always: { guard: ({ context }) => context.asked >= 0, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { tallies, asked } }) => ({
    value: sum(tallies.map(({ answered }) => answered)),
    wrong: sum(tallies.map(({ wrong }) => wrong)),
    asked,
  }),
});

/** The program. */
export const concurrentDictionary = program({
  name: 'concurrent dictionary',
  machine,
  scaled: { workers: 10, messages: 150, writePercent: 10, seed: 1 },
  output: z.object({ value: z.number(), wrong: z.number(), asked: z.number() }),
  value: ({ workers, messages }) => workers * messages,
  actors: ({ workers }) => workers + 2,
  claims: (_, { value, wrong, asked }) => ({
    'every answer is one to what was asked': wrong === 0,
    'the dictionary was asked as often as it answered': asked === value,
  }),
});
