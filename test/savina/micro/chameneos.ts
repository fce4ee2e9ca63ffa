/**
 * Chameneos: creatures meet in pairs at a mall, and change their colour to what neither of two
 * different ones has. The mall is the root.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

const COLOURS = 3;

/** Both alike: that colour; else the third. */
const complement = (one: number, other: number): number =>
  one === other ? one : COLOURS - one - other;

type Met = { met: number; colour: number };

const creature = setup({
  types: {} as {
    input: { index: number };
    context: { index: number } & Met;
    events:
      | { type: 'begin' }
      | { type: 'meeting'; with: Ref; colour: number }
      | { type: 'change'; colour: number }
      | { type: 'exit' };
    output: Met;
  },
  actions: {
    goToMall: enqueueActions(({ context: { index, colour }, enqueue, self }) => {
      enqueue.sendParent({ type: 'meet', from: self, index, colour });
    }),
  },
}).createMachine({
  id: 'creature',
  context: ({ input }) => ({ index: input.index, colour: input.index % COLOURS, met: 0 }),
  initial: 'living',
  states: {
    living: {
      on: {
        begin: { actions: 'goToMall' },
        meeting: {
          actions: [
            assign({
              met: ({ context }) => context.met + 1,
              colour: ({ context, event }) => complement(context.colour, event.colour),
            }),
            enqueueActions(({ context, event, enqueue }) => {
              enqueue.sendTo(event.with, { type: 'change', colour: context.colour });
            }),
            'goToMall',
          ],
        },
        change: {
          actions: [
            assign({
              met: ({ context }) => context.met + 1,
              colour: ({ event }) => event.colour,
            }),
            'goToMall',
          ],
        },
        exit: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { met, colour } }) => ({ met, colour }),
});

interface Meeting {
  type: 'meet';
  from: Ref;
  index: number;
  colour: number;
}

interface MallContext {
  creatures: number;
  left: number;
  waiting: Meeting | null;
  alone: number;
  ended: Met[];
}

const machine = setup({
  types: {} as {
    input: { creatures: number; meetings: number };
    context: MallContext;
    events: Meeting | Ended<Met>;
    output: { value: number; alone: number; colours: number[] };
  },
  actors: { creature },
}).createMachine({
  id: 'savina-chameneos',
  context: ({ input: { creatures, meetings } }) => ({
    creatures,
    left: meetings,
    waiting: null,
    alone: 0,
    ended: [],
  }),
  initial: 'open',
  states: {
    open: {
      entry: enqueueActions(({ context, enqueue }) => {
        for (const index of upTo(context.creatures))
          enqueue.spawnChild('creature', { id: `creature-${index}`, input: { index } });
        for (const index of upTo(context.creatures))
          enqueue.sendTo(`creature-${index}`, { type: 'begin' });
      }),
      on: {
        meet: [
          {
            guard: ({ context }) => context.left === 0,
            actions: enqueueActions(({ event, enqueue }) => {
              enqueue.sendTo(event.from, { type: 'exit' });
            }),
          },
          {
            guard: ({ context }) => context.waiting === null,
            actions: assign({ waiting: ({ event }) => event }),
          },
          {
            actions: enqueueActions(({ context: { waiting, left, alone }, event, enqueue }) => {
              if (waiting === null) return;
              const { from, colour } = event;
              enqueue.sendTo(waiting.from, { type: 'meeting', with: from, colour });
              const isAlone = waiting.index === event.index;
              enqueue.assign({ waiting: null, left: left - 1, alone: alone + (isAlone ? 1 : 0) });
            }),
          },
        ],
        'xstate.done.actor.*': {
          actions: assign({ ended: ({ context, event }) => [...context.ended, event.output] }),
        },
      },
      always: {
        guard: ({ context }) => context.ended.length === context.creatures,
        target: 'shut',
      },
    },
    shut: { type: 'final' },
  },
  output: ({ context: { ended, alone } }) => ({
    value: sum(ended.map(({ met }) => met)),
    alone,
    colours: ended.map(({ colour }) => colour),
  }),
});

/** The program. */
export const chameneos = program({
  name: 'chameneos',
  machine,
  scaled: { creatures: 10, meetings: 2_000 },
  output: z.object({ value: z.number(), alone: z.number(), colours: z.array(z.number()) }),
  value: ({ meetings }) => 2 * meetings,
  deeds: ({ meetings }) => meetings,
  actors: ({ creatures }) => creatures + 1,
  claims: (_, { alone, colours }) => ({
    'no creature meets itself': alone === 0,
    'there are three colours': colours.every((colour) => [0, 1, 2].includes(colour)),
  }),
});
