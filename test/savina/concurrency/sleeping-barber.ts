/**
 * Sleeping barber: customers enter a waiting room, come again when it is full, and are served one
 * by one. A haircut lasts until a message to oneself arrives. The root makes the customers.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

/** What a customer lived through. */
interface Visit {
  served: number;
  retries: number;
}

const customer = setup({
  types: {} as {
    context: Visit;
    events: { type: 'go'; room: Ref } | { type: 'full'; room: Ref } | { type: 'served' };
    output: Visit;
  },
}).createMachine({
  id: 'customer',
  context: { served: 0, retries: 0 },
  initial: 'outside',
  states: {
    outside: {
      on: {
        go: {
          actions: enqueueActions(({ event, enqueue, self }) => {
            enqueue.sendTo(event.room, { type: 'enter', from: self });
          }),
        },
        full: {
          actions: enqueueActions(({ context, enqueue, self }) => {
            enqueue.assign({ retries: context.retries + 1 });
            enqueue.sendParent({ type: 'returned', from: self });
          }),
        },
        served: 'ended',
      },
    },
    ended: { type: 'final', entry: assign({ served: ({ context }) => context.served + 1 }) },
  },
  output: ({ context }) => context,
});

interface RoomContext {
  room: number;
  barber: Ref | null;
  waiting: Ref[];
  isBarberAsleep: boolean;
  most: number;
  turnedAway: number;
}

const waitingRoom = setup({
  types: {} as {
    input: { room: number };
    context: RoomContext;
    events:
      | { type: 'opened'; barber: Ref }
      | { type: 'enter'; from: Ref }
      | { type: 'next' }
      | { type: 'close' };
    output: { most: number; turnedAway: number };
  },
  actions: {
    callNext: enqueueActions(({ context: { waiting, barber }, enqueue }) => {
      const [first] = waiting;
      enqueue.assign({ waiting: waiting.slice(1), isBarberAsleep: first === undefined });
      if (first !== undefined && barber !== null)
        enqueue.sendTo(barber, { type: 'serve', customer: first });
    }),
  },
}).createMachine({
  id: 'waiting-room',
  context: ({ input }) => ({
    room: input.room,
    barber: null,
    waiting: [],
    isBarberAsleep: true,
    most: 0,
    turnedAway: 0,
  }),
  initial: 'open',
  states: {
    open: {
      on: {
        opened: { actions: assign({ barber: ({ event }) => event.barber }) },
        enter: [
          {
            guard: ({ context }) => context.waiting.length >= context.room,
            actions: enqueueActions(({ context, event, enqueue, self }) => {
              enqueue.assign({ turnedAway: context.turnedAway + 1 });
              enqueue.sendTo(event.from, { type: 'full', room: self });
            }),
          },
          {
            actions: [
              assign({
                waiting: ({ context, event }) => [...context.waiting, event.from],
                most: ({ context }) => Math.max(context.most, context.waiting.length + 1),
              }),
              enqueueActions(({ context, enqueue }) => {
                if (context.isBarberAsleep) enqueue('callNext');
              }),
            ],
          },
        ],
        next: { actions: 'callNext' },
        close: 'closing',
      },
    },
    closing: {
      on: { next: { actions: 'callNext' } },
      always: { guard: ({ context }) => context.isBarberAsleep, target: 'closed' },
    },
    closed: {
      type: 'final',
      entry: enqueueActions(({ context, enqueue }) => {
        if (context.barber !== null) enqueue.sendTo(context.barber, { type: 'close' });
      }),
    },
  },
  output: ({ context: { most, turnedAway } }) => ({ most, turnedAway }),
});

const barber = setup({
  types: {} as {
    context: { room: Ref | null; customer: Ref | null; cuts: number };
    events:
      | { type: 'opened'; room: Ref }
      | { type: 'serve'; customer: Ref }
      | { type: 'cut' }
      | { type: 'close' };
    output: { cuts: number };
  },
}).createMachine({
  id: 'barber',
  context: { room: null, customer: null, cuts: 0 },
  initial: 'asleep',
  on: { opened: { actions: assign({ room: ({ event }) => event.room }) } },
  states: {
    asleep: {
      on: {
        serve: {
          target: 'cutting',
          actions: assign({ customer: ({ event }) => event.customer }),
        },
        close: 'closed',
      },
    },
    cutting: {
      entry: enqueueActions(({ enqueue, self }) => enqueue.sendTo(self, { type: 'cut' })),
      on: { cut: 'asleep' },
      exit: enqueueActions(({ context: { room, customer: one, cuts }, enqueue }) => {
        enqueue.assign({ cuts: cuts + 1, customer: null });
        if (one !== null) enqueue.sendTo(one, { type: 'served' });
        if (room !== null) enqueue.sendTo(room, { type: 'next' });
      }),
    },
    closed: { type: 'final' },
  },
  output: ({ context: { cuts } }) => ({ cuts }),
});

type End = { most: number; turnedAway: number } | { cuts: number };

interface Shop {
  value: number;
  returned: number;
  most: number;
  turnedAway: number;
  cuts: number;
  visits: Visit[];
}

const machine = setup({
  types: {} as {
    input: { customers: number; room: number };
    context: Omit<Shop, 'value'> & { customers: number; barber: Ref; room: Ref };
    events: { type: 'returned'; from: Ref } | Ended<Visit | End>;
    output: Shop;
  },
  actors: { customer, waitingRoom, barber },
}).createMachine({
  id: 'savina-sleeping-barber',
  context: ({ input, spawn }) => ({
    customers: input.customers,
    barber: spawn('barber', { id: 'barber' }),
    room: spawn('waitingRoom', { id: 'room', input: { room: input.room } }),
    returned: 0,
    most: 0,
    turnedAway: -1,
    cuts: -1,
    visits: [],
  }),
  initial: 'open',
  on: {
    'xstate.done.actor.*': {
      actions: assign(({ context: { visits }, event: { output } }) =>
        'served' in output ? { visits: [...visits, output] } : output,
      ),
    },
    returned: {
      actions: enqueueActions(({ context: { returned, room }, event, enqueue }) => {
        enqueue.assign({ returned: returned + 1 });
        enqueue.sendTo(event.from, { type: 'go', room });
      }),
    },
  },
  states: {
    open: {
      entry: enqueueActions(({ context, enqueue }) => {
        const { room, barber: one } = context;
        enqueue.sendTo(room, { type: 'opened', barber: one });
        enqueue.sendTo(one, { type: 'opened', room });
        for (const index of upTo(context.customers)) {
          enqueue.spawnChild('customer', { id: `customer-${index}` });
          enqueue.sendTo(`customer-${index}`, { type: 'go', room });
        }
      }),
      always: {
        guard: ({ context }) => context.visits.length === context.customers,
        target: 'closing',
      },
    },
    closing: {
      entry: enqueueActions(({ context, enqueue }) => {
        enqueue.sendTo(context.room, { type: 'close' });
      }),
      always: {
        guard: ({ context }) => context.cuts >= 0 && context.turnedAway >= 0,
        target: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { returned, most, turnedAway, cuts, visits } }) => ({
    value: sum(visits.map(({ served }) => served)),
    returned,
    most,
    turnedAway,
    cuts,
    visits,
  }),
});

/** The program. */
export const sleepingBarber = program({
  name: 'sleeping barber',
  machine,
  scaled: { customers: 100, room: 20 },
  output: z.object({
    value: z.number(),
    returned: z.number(),
    most: z.number(),
    turnedAway: z.number(),
    cuts: z.number(),
    visits: z.array(z.object({ served: z.number(), retries: z.number() })),
  }),
  value: ({ customers }) => customers,
  actors: ({ customers }) => customers + 3,
  claims: ({ customers, room }, { returned, most, turnedAway, cuts, visits }) => ({
    'every customer is served once': visits.every(({ served }) => served === 1),
    'the barber cuts as often as there are customers': cuts === customers,
    'the room never holds more than its bound': most <= room,
    'retries are counted by all': [returned, turnedAway].every(
      (count) => count === sum(visits.map(({ retries }) => retries)),
    ),
  }),
});
