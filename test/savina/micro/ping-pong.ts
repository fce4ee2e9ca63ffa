/** Ping-pong: two actors send one message to and fro; each handles N of them. */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum } from '../program.ts';

/** Messages that it handled, and how many of them were not the next one. */
interface Played {
  handled: number;
  wrong: number;
}

const played = ({ handled, wrong }: Played, number: number): Played => ({
  handled: handled + 1,
  wrong: wrong + (number === handled ? 0 : 1),
});

const ponger = setup({
  types: {} as {
    context: Played;
    events: { type: 'ping'; from: Ref; number: number } | { type: 'stop' };
    output: Played;
  },
}).createMachine({
  id: 'ponger',
  context: { handled: 0, wrong: 0 },
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        ping: {
          actions: enqueueActions(({ context, event, enqueue }) => {
            const { from, number } = event;
            enqueue.assign(played(context, number));
            enqueue.sendTo(from, { type: 'pong', number });
          }),
        },
        stop: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context,
});

const pinger = setup({
  types: {} as {
    input: { N: number };
    context: Played & { N: number; peer: Ref | null };
    events: { type: 'begin'; peer: Ref } | { type: 'pong'; number: number };
    output: Played;
  },
}).createMachine({
  id: 'pinger',
  context: ({ input }) => ({ N: input.N, handled: 0, wrong: 0, peer: null }),
  initial: 'playing',
  states: {
    playing: {
      on: {
        begin: {
          actions: enqueueActions(({ event, enqueue, self }) => {
            enqueue.assign({ peer: event.peer });
            enqueue.sendTo(event.peer, { type: 'ping', from: self, number: 0 });
          }),
        },
        pong: [
          {
            guard: ({ context }) => context.handled + 1 < context.N,
            actions: enqueueActions(({ context, event, enqueue, self: from }) => {
              const { peer, handled } = context;
              enqueue.assign(played(context, event.number));
              if (peer !== null) enqueue.sendTo(peer, { type: 'ping', from, number: handled + 1 });
            }),
          },
          {
            target: 'ended',
            actions: assign(({ context, event }) => played(context, event.number)),
          },
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
  output: ({ context: { handled, wrong } }) => ({ handled, wrong }),
});

const machine = setup({
  types: {} as {
    input: { N: number };
    context: { N: number; sides: Played[]; pinger: Ref | null; ponger: Ref | null };
    events: Ended<Played>;
    output: { value: number; sides: Played[] };
  },
  actors: { pinger, ponger },
}).createMachine({
  id: 'savina-ping-pong',
  context: ({ input }) => ({ N: input.N, sides: [], pinger: null, ponger: null }),
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
          actions: assign({ sides: ({ context, event }) => [...context.sides, event.output] }),
        },
      },
      always: { guard: ({ context }) => context.sides.length === 2, target: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { sides } }) => ({ value: sum(sides.map(({ handled }) => handled)), sides }),
});

/** The program. */
export const pingPong = program({
  name: 'ping-pong',
  machine,
  scaled: { N: 1_000 },
  output: z.object({
    value: z.number(),
    sides: z.array(z.object({ handled: z.number(), wrong: z.number() })),
  }),
  value: ({ N }) => 2 * N,
  actors: () => 3,
  claims: ({ N }, { sides }) => ({
    'each side handles N messages': sides.every(({ handled }) => handled === N),
    'every message is the next one': sides.every(({ wrong }) => wrong === 0),
  }),
});
