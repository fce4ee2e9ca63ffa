/** Fork-join, throughput: a root sends N messages to each of A actors, in one go. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

/** Messages that it handled, and how many of them were not the next one. */
interface Worked {
  handled: number;
  wrong: number;
}

const worker = setup({
  types: {} as {
    input: { N: number };
    context: { N: number } & Worked;
    events: { type: 'work'; number: number };
    output: Worked;
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ N: input.N, handled: 0, wrong: 0 }),
  initial: 'working',
  states: {
    working: {
      on: {
        work: {
          actions: assign({
            handled: ({ context }) => context.handled + 1,
            wrong: ({ context, event }) =>
              context.wrong + (event.number === context.handled ? 0 : 1),
          }),
        },
      },
      always: { guard: ({ context }) => context.handled === context.N, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { handled, wrong } }) => ({ handled, wrong }),
});

const machine = setup({
  types: {} as {
    input: { N: number; A: number };
    context: { N: number; A: number; workers: Ref[]; worked: Worked[] };
    events: Ended<Worked>;
    output: { value: number; worked: Worked[] };
  },
  actors: { worker },
}).createMachine({
  id: 'savina-fork-join-throughput',
  context: ({ input, spawn }) => ({
    ...input,
    workers: upTo(input.A).map((index) =>
      spawn('worker', { id: `worker-${index}`, input: { N: input.N } }),
    ),
    worked: [],
  }),
  initial: 'forked',
  states: {
    forked: {
      entry: enqueueActions(({ context, enqueue }) => {
        for (const number of upTo(context.N))
          for (const one of context.workers) enqueue.sendTo(one, { type: 'work', number });
      }),
      on: {
        'xstate.done.actor.*': {
          actions: assign({ worked: ({ context, event }) => [...context.worked, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.worked.length === context.A, target: 'joined' },
    },
    joined: { type: 'final' },
  },
  output: ({ context: { worked } }) => ({
    value: sum(worked.map(({ handled }) => handled)),
    worked,
  }),
});

/** The program. */
export const forkJoinThroughput = program({
  name: 'fork-join throughput',
  machine,
  scaled: { N: 100, A: 6 },
  output: z.object({
    value: z.number(),
    worked: z.array(z.object({ handled: z.number(), wrong: z.number() })),
  }),
  value: ({ N, A }) => A * N,
  actors: ({ A }) => A + 1,
  claims: ({ N }, { worked }) => ({
    'each actor gets N messages': worked.every(({ handled }) => handled === N),
    'messages come in the order in which they were sent': worked.every(({ wrong }) => wrong === 0),
  }),
});
