/**
 * Fork-join, creation: N actors are made, each gets one message and ends. The root makes them in
 * lots, so that no turn of it is long.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, upTo } from '../program.ts';

const LOT = 100;

const worker = setup({
  types: {} as { input: { index: number }; context: { index: number }; output: number },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ index: input.index }),
  initial: 'waiting',
  states: { waiting: { on: { work: 'ended' } }, ended: { type: 'final' } },
  output: ({ context }) => context.index,
});

const machine = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; made: number; ended: number; indices: number };
    events: { type: 'more' } | Ended<number>;
    output: { value: number; indices: number };
  },
  actors: { worker },
}).createMachine({
  id: 'savina-fork-join-creation',
  context: ({ input }) => ({ N: input.N, made: 0, ended: 0, indices: 0 }),
  initial: 'forking',
  states: {
    forking: {
      entry: enqueueActions(({ enqueue, self }) => enqueue.sendTo(self, { type: 'more' })),
      on: {
        more: {
          actions: enqueueActions(({ context: { N, made }, enqueue, self }) => {
            const lot = Math.min(LOT, N - made);
            for (const index of upTo(lot).map((place) => made + place)) {
              enqueue.spawnChild('worker', { id: `worker-${index}`, input: { index } });
              enqueue.sendTo(`worker-${index}`, { type: 'work' });
            }
            enqueue.assign({ made: made + lot });
            if (made + lot < N) enqueue.sendTo(self, { type: 'more' });
          }),
        },
        'xstate.done.actor.*': {
          actions: assign({
            ended: ({ context }) => context.ended + 1,
            indices: ({ context, event }) => context.indices + event.output,
          }),
        },
      },
      always: { guard: ({ context }) => context.ended === context.N, target: 'joined' },
    },
    joined: { type: 'final' },
  },
  output: ({ context: { ended, indices } }) => ({ value: ended, indices }),
});

/** The program. */
export const forkJoinCreation = program({
  name: 'fork-join creation',
  machine,
  scaled: { N: 450 },
  output: z.object({ value: z.number(), indices: z.number() }),
  value: ({ N }) => N,
  actors: ({ N }) => N + 1,
  claims: ({ N }, { indices }) => ({
    'each ends once': indices === (N * (N - 1)) / 2,
  }),
});
