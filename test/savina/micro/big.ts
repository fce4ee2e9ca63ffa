/** Big: each of W actors sends N pings to random others, one after the other's pong. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { drawn, type Ended, program, type Ref, seedOf, sum, upTo } from '../program.ts';

/** Pings that it answered, pongs that it got, and how many of these were not to its last ping. */
type Handled = { pings: number; pongs: number; wrong: number };

const worker = setup({
  types: {} as {
    input: { index: number; N: number; seed: number };
    context: { index: number; N: number; seed: number; all: Ref[] } & Handled;
    events:
      | { type: 'begin'; all: Ref[] }
      | { type: 'ping'; from: Ref; number: number }
      | { type: 'pong'; number: number }
      | { type: 'exit' };
    output: Handled;
  },
  actions: {
    pingSomebody: enqueueActions(
      ({ context: { all, index, seed, pongs }, enqueue, self: from }) => {
        const next = drawn(seed);
        const place = next % (all.length - 1);
        const other = all[place < index ? place : place + 1];
        enqueue.assign({ seed: next });
        if (other !== undefined) enqueue.sendTo(other, { type: 'ping', from, number: pongs });
      },
    ),
    countPong: assign(({ context: { pongs, wrong }, event }) =>
      event.type === 'pong'
        ? { pongs: pongs + 1, wrong: wrong + (event.number === pongs ? 0 : 1) }
        : {},
    ),
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ ...input, all: [], pings: 0, pongs: 0, wrong: 0 }),
  initial: 'working',
  on: {
    ping: {
      actions: enqueueActions(({ context, event, enqueue }) => {
        enqueue.assign({ pings: context.pings + 1 });
        enqueue.sendTo(event.from, { type: 'pong', number: event.number });
      }),
    },
  },
  states: {
    working: {
      on: {
        begin: { actions: [assign({ all: ({ event }) => event.all }), 'pingSomebody'] },
        pong: [
          {
            guard: ({ context }) => context.pongs + 1 < context.N,
            actions: ['countPong', 'pingSomebody'],
          },
          { target: 'exhausted', actions: 'countPong' },
        ],
      },
    },
    exhausted: {
      entry: enqueueActions(({ enqueue }) => enqueue.sendParent({ type: 'exhausted' })),
      on: { exit: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { pings, pongs, wrong } }) => ({ pings, pongs, wrong }),
});

const machine = setup({
  types: {} as {
    input: { W: number; N: number; seed: number };
    context: { W: number; all: Ref[]; exhausted: number; handled: Handled[] };
    events: { type: 'exhausted' } | Ended<Handled>;
    output: { value: number; handled: Handled[] };
  },
  actors: { worker },
}).createMachine({
  id: 'savina-big',
  context: ({ input: { W, N, seed }, spawn }) => ({
    W,
    all: upTo(W).map((index) =>
      spawn('worker', { id: `worker-${index}`, input: { index, N, seed: seedOf(seed, index) } }),
    ),
    exhausted: 0,
    handled: [],
  }),
  initial: 'working',
  states: {
    working: {
      entry: enqueueActions(({ context: { all }, enqueue }) => {
        for (const one of all) enqueue.sendTo(one, { type: 'begin', all });
      }),
      on: {
        exhausted: {
          actions: enqueueActions(({ context: { exhausted, W, all }, enqueue }) => {
            enqueue.assign({ exhausted: exhausted + 1 });
            if (exhausted + 1 < W) return;
            for (const one of all) enqueue.sendTo(one, { type: 'exit' });
          }),
        },
        'xstate.done.actor.*': {
          actions: assign({ handled: ({ context, event }) => [...context.handled, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.handled.length === context.W, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { handled } }) => ({ value: sum(handled.map((one) => one.pongs)), handled }),
});

/** The program. */
export const big = program({
  name: 'big',
  machine,
  scaled: { W: 12, N: 200, seed: 1 },
  output: z.object({
    value: z.number(),
    handled: z.array(z.object({ pings: z.number(), pongs: z.number(), wrong: z.number() })),
  }),
  value: ({ W, N }) => W * N,
  actors: ({ W }) => W + 1,
  claims: ({ W, N }, { handled }) => ({
    'everybody gets N pongs': handled.every(({ pongs }) => pongs === N),
    'every pong is one to the last ping': handled.every(({ wrong }) => wrong === 0),
    'every ping is answered once': sum(handled.map(({ pings }) => pings)) === W * N,
  }),
});
