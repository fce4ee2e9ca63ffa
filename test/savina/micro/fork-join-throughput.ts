/** Fork-join, throughput: a root sends N messages to each of A actors, in one go. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

const worker = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; handled: number };
    events: { type: 'work' };
    output: number;
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ N: input.N, handled: 0 }),
  initial: 'working',
  states: {
    working: {
      on: { work: { actions: assign({ handled: ({ context }) => context.handled + 1 }) } },
      always: { guard: ({ context }) => context.handled === context.N, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.handled,
});

const machine = setup({
  types: {} as {
    input: { N: number; A: number };
    context: { N: number; A: number; workers: Ref[]; handled: number[] };
    events: Ended<number>;
    output: { value: number; handled: number[] };
  },
  actors: { worker },
}).createMachine({
  id: 'savina-fork-join-throughput',
  context: ({ input, spawn }) => ({
    ...input,
    workers: upTo(input.A).map((index) =>
      spawn('worker', { id: `worker-${index}`, input: { N: input.N } }),
    ),
    handled: [],
  }),
  initial: 'forked',
  states: {
    forked: {
      entry: enqueueActions(({ context, enqueue }) => {
        for (const _ of upTo(context.N))
          for (const one of context.workers) enqueue.sendTo(one, { type: 'work' });
      }),
      on: {
        'xstate.done.actor.*': {
          actions: assign({ handled: ({ context, event }) => [...context.handled, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.handled.length === context.A, target: 'joined' },
    },
    joined: { type: 'final' },
  },
  output: ({ context: { handled } }) => ({ value: sum(handled), handled }),
});

/** The program. */
export const forkJoinThroughput = program({
  name: 'fork-join throughput',
  machine,
  scaled: { N: 100, A: 6 },
  output: z.object({ value: z.number(), handled: z.array(z.number()) }),
  value: ({ N, A }) => A * N,
  actors: ({ A }) => A + 1,
  claims: ({ N }, { handled }) => ({
    'each actor gets N messages': handled.every((count) => count === N),
  }),
});
