/** Ping-pong: two actors send one message to and fro; each handles N of them. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref } from '../program.ts';

const ponger = setup({
  types: {} as {
    context: { handled: number };
    events: { type: 'ping'; from: Ref } | { type: 'stop' };
    output: number;
  },
}).createMachine({
  id: 'ponger',
  context: { handled: 0 },
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        ping: {
          actions: enqueueActions(({ context, event, enqueue }) => {
            enqueue.assign({ handled: context.handled + 1 });
            enqueue.sendTo(event.from, { type: 'pong' });
          }),
        },
        stop: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.handled,
});

const pinger = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; handled: number; peer: Ref | null };
    events: { type: 'begin'; peer: Ref } | { type: 'pong' };
    output: number;
  },
}).createMachine({
  id: 'pinger',
  context: ({ input }) => ({ N: input.N, handled: 0, peer: null }),
  initial: 'playing',
  states: {
    playing: {
      on: {
        begin: {
          actions: enqueueActions(({ event, enqueue, self }) => {
            enqueue.assign({ peer: event.peer });
            enqueue.sendTo(event.peer, { type: 'ping', from: self });
          }),
        },
        pong: [
          {
            guard: ({ context }) => context.handled + 1 < context.N,
            actions: enqueueActions(({ context, enqueue, self }) => {
              enqueue.assign({ handled: context.handled + 1 });
              if (context.peer !== null) enqueue.sendTo(context.peer, { type: 'ping', from: self });
            }),
          },
          { target: 'ended', actions: assign({ handled: ({ context }) => context.handled + 1 }) },
        ],
      },
    },
    ended: {
      type: 'final',
      entry: enqueueActions(({ context, enqueue }) => {
        if (context.peer !== null) enqueue.sendTo(context.peer, { type: 'stop' });
      }),
    },
  },
  output: ({ context }) => context.handled,
});

const machine = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; handled: number[]; pinger: Ref | null; ponger: Ref | null };
    events: Ended<number>;
    output: { value: number; handled: number[] };
  },
  actors: { pinger, ponger },
}).createMachine({
  id: 'savina-ping-pong',
  context: ({ input }) => ({ N: input.N, handled: [], pinger: null, ponger: null }),
  initial: 'playing',
  states: {
    playing: {
      entry: [
        assign({
          pinger: ({ spawn, context }) => spawn('pinger', { id: 'a', input: { N: context.N } }),
          ponger: ({ spawn }) => spawn('ponger', { id: 'b' }),
        }),
        enqueueActions(({ context: { pinger: first, ponger: peer }, enqueue }) => {
          if (first !== null && peer !== null) enqueue.sendTo(first, { type: 'begin', peer });
        }),
      ],
      on: {
        'xstate.done.actor.*': {
          actions: assign({ handled: ({ context, event }) => [...context.handled, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.handled.length === 2, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { handled } }) => ({ value: (handled[0] ?? 0) + (handled[1] ?? 0), handled }),
});

/** The program. */
export const pingPong = program({
  name: 'ping-pong',
  machine,
  scaled: { N: 1_000 },
  output: z.object({ value: z.number(), handled: z.array(z.number()) }),
  value: ({ N }) => 2 * N,
  actors: () => 3,
  claims: ({ N }, { handled }) => ({
    'each side handles N messages': handled.every((count) => count === N) && handled.length === 2,
  }),
});
