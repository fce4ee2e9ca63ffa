/** Counting: a producer sends N increments in one go, then asks for the count. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, upTo } from '../program.ts';

const counter = setup({
  types: {} as {
    context: { count: number };
    events: { type: 'increment' } | { type: 'retrieve'; from: Ref };
    output: number;
  },
}).createMachine({
  id: 'counter',
  context: { count: 0 },
  initial: 'counting',
  states: {
    counting: {
      on: {
        increment: { actions: assign({ count: ({ context }) => context.count + 1 }) },
        retrieve: {
          target: 'retrieved',
          actions: enqueueActions(({ context, event, enqueue }) => {
            enqueue.sendTo(event.from, { type: 'counted', count: context.count });
          }),
        },
      },
    },
    retrieved: { type: 'final' },
  },
  output: ({ context }) => context.count,
});

const producer = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; answer: number };
    events: { type: 'begin'; counter: Ref } | { type: 'counted'; count: number };
    output: number;
  },
}).createMachine({
  id: 'producer',
  context: ({ input }) => ({ N: input.N, answer: -1 }),
  initial: 'producing',
  states: {
    producing: {
      on: {
        begin: {
          actions: enqueueActions(({ context, event, enqueue, self }) => {
            for (const _ of upTo(context.N)) enqueue.sendTo(event.counter, { type: 'increment' });
            enqueue.sendTo(event.counter, { type: 'retrieve', from: self });
          }),
        },
        counted: { target: 'answered', actions: assign({ answer: ({ event }) => event.count }) },
      },
    },
    answered: { type: 'final' },
  },
  output: ({ context }) => context.answer,
});

const machine = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; counter: Ref | null; counts: number[] };
    events: Ended<number>;
    output: { value: number; counts: number[] };
  },
  actors: { counter, producer },
}).createMachine({
  id: 'savina-counting',
  context: ({ input }) => ({ N: input.N, counter: null, counts: [] }),
  initial: 'counting',
  states: {
    counting: {
      entry: [
        assign({ counter: ({ spawn }) => spawn('counter', { id: 'counter' }) }),
        enqueueActions(({ context, enqueue }) => {
          enqueue.spawnChild('producer', { id: 'producer', input: { N: context.N } });
          enqueue.sendTo('producer', { type: 'begin', counter: context.counter });
        }),
      ],
      on: {
        'xstate.done.actor.*': {
          actions: assign({ counts: ({ context, event }) => [...context.counts, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.counts.length === 2, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { counts } }) => ({ value: counts[0] ?? -1, counts }),
});

/** The program. */
export const counting = program({
  name: 'counting',
  machine,
  scaled: { N: 10_000 },
  output: z.object({ value: z.number(), counts: z.array(z.number()) }),
  value: ({ N }) => N,
  actors: () => 3,
  claims: ({ N }, { counts }) => ({
    'the producer is told what the counter counted': counts.every((count) => count === N),
  }),
});
