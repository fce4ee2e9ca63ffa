/** Cigarette smokers: in each round the arbiter, the root, lets one smoker smoke. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { drawn, type Ended, program, type Ref, seedOf, sum, upTo } from '../program.ts';

const smoker = setup({
  types: {} as {
    input: { index: number };
    context: { index: number; smoked: number };
    events: { type: 'smoke'; round: number } | { type: 'exit' };
    output: number;
  },
}).createMachine({
  id: 'smoker',
  context: ({ input }) => ({ index: input.index, smoked: 0 }),
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        smoke: {
          actions: enqueueActions(({ context: { index, smoked }, event, enqueue }) => {
            enqueue.assign({ smoked: smoked + 1 });
            enqueue.sendParent({ type: 'smoking', index, round: event.round });
          }),
        },
        exit: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.smoked,
});

interface ArbiterContext {
  rounds: number;
  round: number;
  seed: number;
  smokers: Ref[];
  /** Who was chosen in this round. */
  chosen: number;
  wrong: number;
  smoked: number[];
}

const machine = setup({
  types: {} as {
    input: { rounds: number; smokers: number; seed: number };
    context: ArbiterContext;
    events: { type: 'smoking'; index: number; round: number } | Ended<number>;
    output: { value: number; wrong: number; smoked: number };
  },
  actors: { smoker },
  actions: {
    choose: enqueueActions(({ context, enqueue }) => {
      const { rounds, round, smokers } = context;
      const seed = drawn(context.seed);
      const chosen = seed % smokers.length;
      const one = smokers[chosen];
      if (round === rounds) for (const each of smokers) enqueue.sendTo(each, { type: 'exit' });
      else if (one !== undefined) enqueue.sendTo(one, { type: 'smoke', round });
      enqueue.assign({ seed, chosen });
    }),
  },
}).createMachine({
  id: 'savina-cigarette-smokers',
  context: ({ input: { rounds, smokers, seed }, spawn }) => ({
    rounds,
    round: 0,
    seed: seedOf(seed, 0),
    smokers: upTo(smokers).map((index) => spawn('smoker', { id: `s-${index}`, input: { index } })),
    chosen: -1,
    wrong: 0,
    smoked: [],
  }),
  initial: 'smoking',
  states: {
    smoking: {
      entry: 'choose',
      on: {
        smoking: {
          actions: [
            assign({
              round: ({ context }) => context.round + 1,
              wrong: ({ context: { wrong, chosen, round }, event }) =>
                wrong + (event.index === chosen && event.round === round ? 0 : 1),
            }),
            'choose',
          ],
        },
        'xstate.done.actor.*': {
          actions: assign({ smoked: ({ context, event }) => [...context.smoked, event.output] }),
        },
      },
      always: {
        guard: ({ context }) => context.smoked.length === context.smokers.length,
        target: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { round, wrong, smoked } }) => ({
    value: round,
    wrong,
    smoked: sum(smoked),
  }),
});

/** The program. */
export const cigaretteSmokers = program({
  name: 'cigarette smokers',
  machine,
  scaled: { rounds: 300, smokers: 20, seed: 1 },
  output: z.object({ value: z.number(), wrong: z.number(), smoked: z.number() }),
  value: ({ rounds }) => rounds,
  actors: ({ smokers }) => smokers + 1,
  claims: ({ rounds }, { wrong, smoked }) => ({
    'who smokes was chosen in this round': wrong === 0,
    'one smoker smokes in each round': smoked === rounds,
  }),
});
