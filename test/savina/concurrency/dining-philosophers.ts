/**
 * Dining philosophers: each takes both forks from the arbitrator, eats, gives them back, and asks
 * again when it was denied. A meal lasts until a message to oneself arrives. The arbitrator is the
 * root.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

/** What a philosopher did; what it was told at a time when nobody may tell it so is wrong. */
interface Dined {
  meals: number;
  denials: number;
  wrong: number;
}

const philosopher = setup({
  types: {} as {
    input: { index: number; M: number };
    context: { index: number; M: number } & Dined;
    events: { type: 'begin' } | { type: 'eat' } | { type: 'denied' } | { type: 'satisfied' };
    output: Dined;
  },
  actions: {
    ask: enqueueActions(({ context: { index }, enqueue, self }) => {
      enqueue.sendParent({ type: 'hungry', index, from: self });
    }),
  },
}).createMachine({
  id: 'philosopher',
  context: ({ input }) => ({ ...input, meals: 0, denials: 0, wrong: 0 }),
  initial: 'thinking',
  on: { '*': { actions: assign({ wrong: ({ context }) => context.wrong + 1 }) } },
  states: {
    thinking: { on: { begin: 'hungry' } },
    hungry: {
      entry: 'ask',
      on: {
        eat: 'eating',
        denied: {
          target: 'hungry',
          reenter: true,
          actions: assign({ denials: ({ context }) => context.denials + 1 }),
        },
      },
    },
    eating: {
      entry: enqueueActions(({ enqueue, self }) => enqueue.sendTo(self, { type: 'satisfied' })),
      on: {
        satisfied: [
          { guard: ({ context }) => context.meals + 1 < context.M, target: 'hungry' },
          { target: 'sated' },
        ],
      },
      exit: enqueueActions(({ context: { index, meals }, enqueue }) => {
        enqueue.assign({ meals: meals + 1 });
        enqueue.sendParent({ type: 'done', index });
      }),
    },
    sated: { type: 'final' },
  },
  output: ({ context: { meals, denials, wrong } }) => ({ meals, denials, wrong }),
});

interface TableContext {
  N: number;
  M: number;
  eating: boolean[];
  denials: number;
  /** Of forks that nobody held. */
  returns: number;
  dined: Dined[];
}

const machine = setup({
  types: {} as {
    input: { N: number; M: number };
    context: TableContext;
    events:
      | { type: 'hungry'; index: number; from: Ref }
      | { type: 'done'; index: number }
      | Ended<Dined>;
    output: { value: number; denials: number; returns: number; dined: Dined[] };
  },
  actors: { philosopher },
}).createMachine({
  id: 'savina-dining-philosophers',
  context: ({ input: { N, M } }) => ({
    N,
    M,
    eating: upTo(N).map(() => false),
    denials: 0,
    returns: 0,
    dined: [],
  }),
  initial: 'serving',
  states: {
    serving: {
      entry: enqueueActions(({ context: { N, M }, enqueue }) => {
        for (const index of upTo(N))
          enqueue.spawnChild('philosopher', { id: `philosopher-${index}`, input: { index, M } });
        for (const index of upTo(N)) enqueue.sendTo(`philosopher-${index}`, { type: 'begin' });
      }),
      on: {
        hungry: {
          actions: enqueueActions(({ context: { N, eating, denials }, event, enqueue }) => {
            const { index, from } = event;
            const isFree = !eating[(index + 1) % N] && !eating[(index + N - 1) % N];
            if (isFree) enqueue.assign({ eating: eating.with(index, true) });
            else enqueue.assign({ denials: denials + 1 });
            enqueue.sendTo(from, { type: isFree ? 'eat' : 'denied' });
          }),
        },
        done: {
          actions: assign({
            returns: ({ context, event }) =>
              context.returns + (context.eating[event.index] ? 0 : 1),
            eating: ({ context, event }) => context.eating.with(event.index, false),
          }),
        },
        'xstate.done.actor.*': {
          actions: assign({ dined: ({ context, event }) => [...context.dined, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.dined.length === context.N, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { dined, denials, returns } }) => ({
    value: sum(dined.map(({ meals }) => meals)),
    denials,
    returns,
    dined,
  }),
});

/** The program. */
export const diningPhilosophers = program({
  name: 'dining philosophers',
  machine,
  scaled: { N: 10, M: 100 },
  output: z.object({
    value: z.number(),
    denials: z.number(),
    returns: z.number(),
    dined: z.array(z.object({ meals: z.number(), denials: z.number(), wrong: z.number() })),
  }),
  value: ({ N, M }) => N * M,
  actors: ({ N }) => N + 1,
  claims: ({ M }, { denials, returns, dined }) => ({
    'everybody eats M meals': dined.every(({ meals }) => meals === M),
    'only who eats gives forks back': returns === 0,
    'each question has one answer': dined.every(({ wrong }) => wrong === 0),
    'each denial arrives': sum(dined.map((one) => one.denials)) === denials,
  }),
});
