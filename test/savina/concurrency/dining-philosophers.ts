/**
 * Dining philosophers: each takes both forks from the arbitrator, eats, gives them back, and asks
 * again when it was denied. A meal lasts as long as some messages to oneself, so that others eat
 * meanwhile. The arbitrator is the root.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

/** Messages to oneself in a meal. */
const BITES = 4;

/** What a philosopher did; what it was told at a time when nobody may tell it so is wrong. */
interface Dined {
  meals: number;
  denials: number;
  wrong: number;
}

/** The arbitrator's answer to a question, by the question's number. */
type Answer = { type: 'eat'; question: number } | { type: 'denied'; question: number };

/** The number of the question that a philosopher asks next. */
const questionOf = ({ meals, denials }: Dined): number => meals + denials;

const philosopher = setup({
  types: {} as {
    input: { index: number; M: number };
    context: { index: number; M: number; bites: number } & Dined;
    events: { type: 'begin' } | Answer | { type: 'bite' } | { type: 'satisfied' };
    output: Dined;
  },
  actions: {
    bite: enqueueActions(({ context: { bites }, enqueue, self }) => {
      enqueue.assign({ bites: (bites + 1) % BITES });
      enqueue.sendTo(self, { type: bites + 1 < BITES ? 'bite' : 'satisfied' });
    }),
    ask: enqueueActions(({ context, enqueue, self: from }) => {
      const { index } = context;
      enqueue.sendParent({ type: 'hungry', index, question: questionOf(context), from });
    }),
    checkAnswer: assign(({ context, event }) =>
      'question' in event && event.question !== questionOf(context)
        ? { wrong: context.wrong + 1 }
        : {},
    ),
  },
}).createMachine({
  id: 'philosopher',
  context: ({ input }) => ({ ...input, bites: 0, meals: 0, denials: 0, wrong: 0 }),
  initial: 'thinking',
  on: { '*': { actions: assign({ wrong: ({ context }) => context.wrong + 1 }) } },
  states: {
    thinking: { on: { begin: 'hungry' } },
    hungry: {
      entry: 'ask',
      on: {
        eat: { target: 'eating', actions: 'checkAnswer' },
        denied: {
          target: 'hungry',
          reenter: true,
          actions: ['checkAnswer', assign({ denials: ({ context }) => context.denials + 1 })],
        },
      },
    },
    eating: {
      entry: 'bite',
      on: {
        bite: { actions: 'bite' },
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
  /** Questions of who eats, and returns of who does not. */
  strays: number;
  dined: Dined[];
}

const machine = setup({
  types: {} as {
    input: { N: number; M: number };
    context: TableContext;
    events:
      | { type: 'hungry'; index: number; question: number; from: Ref }
      | { type: 'done'; index: number }
      | Ended<Dined>;
    output: { value: number; denials: number; strays: number; held: number; dined: Dined[] };
  },
  actors: { philosopher },
}).createMachine({
  id: 'savina-dining-philosophers',
  context: ({ input: { N, M } }) => ({
    N,
    M,
    eating: upTo(N).map(() => false),
    denials: 0,
    strays: 0,
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
          actions: enqueueActions(({ context, event, enqueue }) => {
            const { N, eating, denials, strays } = context;
            const { index, question, from } = event;
            const isFree = !eating[(index + 1) % N] && !eating[(index + N - 1) % N];
            if (eating[index]) enqueue.assign({ strays: strays + 1 });
            if (isFree) enqueue.assign({ eating: eating.with(index, true) });
            else enqueue.assign({ denials: denials + 1 });
            enqueue.sendTo(from, { type: isFree ? 'eat' : 'denied', question });
          }),
        },
        done: {
          actions: assign({
            strays: ({ context, event }) => context.strays + (context.eating[event.index] ? 0 : 1),
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
  output: ({ context: { dined, denials, strays, eating } }) => ({
    value: sum(dined.map(({ meals }) => meals)),
    denials,
    strays,
    held: eating.filter((one) => one).length,
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
    strays: z.number(),
    held: z.number(),
    dined: z.array(z.object({ meals: z.number(), denials: z.number(), wrong: z.number() })),
  }),
  value: ({ N, M }) => N * M,
  actors: ({ N }) => N + 1,
  claims: ({ M }, { denials, strays, held, dined }) => ({
    'everybody eats M meals': dined.every(({ meals }) => meals === M),
    'only who eats gives forks back, and does not ask for them': strays === 0,
    'all forks are back': held === 0,
    'each question has one answer': dined.every(({ wrong }) => wrong === 0),
    'each denial arrives': sum(dined.map((one) => one.denials)) === denials,
  }),
});
