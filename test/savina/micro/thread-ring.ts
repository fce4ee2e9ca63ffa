/** Thread ring: a token makes R hops round N actors; where it ends, the ring is taken down. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

const member = setup({
  types: {} as {
    input: { index: number };
    context: { index: number; next: Ref | null; hops: number };
    events:
      | { type: 'linked'; next: Ref }
      | { type: 'token'; left: number }
      | { type: 'close'; left: number };
    output: number;
  },
}).createMachine({
  id: 'member',
  context: ({ input }) => ({ index: input.index, next: null, hops: 0 }),
  initial: 'open',
  states: {
    open: {
      on: {
        linked: { actions: assign({ next: ({ event }) => event.next }) },
        token: {
          actions: enqueueActions(({ context: { next, index, hops }, event, enqueue }) => {
            if (event.left === 0) enqueue.sendParent({ type: 'arrived', index });
            if (event.left === 0 || next === null) return;
            enqueue.assign({ hops: hops + 1 });
            enqueue.sendTo(next, { type: 'token', left: event.left - 1 });
          }),
        },
        close: {
          target: 'closed',
          actions: enqueueActions(({ context: { next }, event, enqueue }) => {
            if (event.left === 0 || next === null) return;
            enqueue.sendTo(next, { type: 'close', left: event.left - 1 });
          }),
        },
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context }) => context.hops,
});

const machine = setup({
  types: {} as {
    input: { N: number; R: number };
    context: { N: number; R: number; ring: Ref[]; arrived: number[]; hops: number[] };
    events: { type: 'arrived'; index: number } | Ended<number>;
    output: { value: number; arrived: number[]; hops: number };
  },
  actors: { member },
}).createMachine({
  id: 'savina-thread-ring',
  context: ({ input: { N, R }, spawn }) => ({
    N,
    R,
    ring: upTo(N).map((index) => spawn('member', { id: `member-${index}`, input: { index } })),
    arrived: [],
    hops: [],
  }),
  initial: 'running',
  states: {
    running: {
      entry: enqueueActions(({ context: { ring, R }, enqueue }) => {
        const [first] = ring;
        for (const [index, one] of ring.entries())
          enqueue.sendTo(one, { type: 'linked', next: ring[index + 1] ?? first });
        if (first !== undefined) enqueue.sendTo(first, { type: 'token', left: R });
        // From here on they know each other.
        enqueue.assign({ ring: ring.slice(0, 1) });
      }),
      on: {
        arrived: {
          actions: enqueueActions(({ context: { N, ring, arrived }, event, enqueue }) => {
            enqueue.assign({ arrived: [...arrived, event.index] });
            const [first] = ring;
            if (first !== undefined) enqueue.sendTo(first, { type: 'close', left: N - 1 });
          }),
        },
        'xstate.done.actor.*': {
          actions: assign({ hops: ({ context, event }) => [...context.hops, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.hops.length === context.N, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { arrived, hops } }) => ({
    value: arrived[0] ?? -1,
    arrived,
    hops: sum(hops),
  }),
});

/** The program. */
export const threadRing = program({
  name: 'thread ring',
  machine,
  scaled: { N: 10, R: 2_003 },
  output: z.object({ value: z.number(), arrived: z.array(z.number()), hops: z.number() }),
  value: ({ N, R }) => R % N,
  deeds: ({ R }) => R,
  actors: ({ N }) => N + 1,
  claims: ({ R }, { arrived, hops }) => ({
    'R hops are made': hops === R,
    'the token ends once': arrived.length === 1,
  }),
});
