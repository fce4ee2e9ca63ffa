/**
 * What the benchmarks of machines let loose: a district, whose members hand tokens on in rings, and
 * a nursery, which goes on having children. Plain XState: the same machines run on both sides.
 */
import { type AnyActorRef, assign, enqueueActions, sendParent, sendTo, setup } from 'xstate';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const member = setup({
  types: {} as {
    context: { next: AnyActorRef | null; hops: number };
    events: { type: 'linked'; next: AnyActorRef } | { type: 'token'; left: number };
  },
}).createMachine({
  id: 'member',
  context: { next: null, hops: 0 },
  on: {
    linked: { actions: assign({ next: ({ event }) => event.next }) },
    token: [
      {
        guard: ({ event }) => event.left > 0,
        actions: [
          assign({ hops: ({ context }) => context.hops + 1 }),
          sendTo(
            ({ context, self }) => context.next ?? self,
            ({ event }) => ({ type: 'token', left: event.left - 1 }),
          ),
        ],
      },
      { actions: sendParent({ type: 'arrived' }) },
    ],
  },
});

/** How a district is built: `ring` members hand on to each other; two of them play ping-pong. */
export interface DistrictInput {
  readonly members: number;
  readonly ring: number;
}

/**
 * Members in rings. On `go` each ring gets a token that makes so many hops; when all have arrived,
 * the district rests again and has counted one more round.
 */
export const district = setup({
  types: {} as {
    input: DistrictInput;
    context: DistrictInput & { firsts: AnyActorRef[]; arrived: number; rounds: number };
    events: { type: 'go'; hops: number } | { type: 'arrived' };
  },
  actors: { member },
}).createMachine({
  id: 'district',
  context: ({ input }) => ({ ...input, firsts: [], arrived: 0, rounds: 0 }),
  initial: 'resting',
  entry: [
    assign({
      firsts: ({ context, spawn }) =>
        upTo(context.members).map((index) => spawn('member', { id: `member-${index}` })),
    }),
    enqueueActions(({ context: { firsts: all, ring }, enqueue }) => {
      for (const [index, one] of all.entries()) {
        const isLast = (index + 1) % ring === 0 || index + 1 === all.length;
        const next = all[isLast ? index - (index % ring) : index + 1];
        enqueue.sendTo(one, { type: 'linked', next });
      }
      enqueue.assign({ firsts: all.filter((_, index) => index % ring === 0) });
    }),
  ],
  states: {
    resting: {
      on: {
        go: {
          target: 'running',
          actions: enqueueActions(({ context, event, enqueue }) => {
            const left = event.hops / context.firsts.length;
            for (const one of context.firsts) enqueue.sendTo(one, { type: 'token', left });
          }),
        },
      },
    },
    running: {
      on: {
        arrived: { actions: assign({ arrived: ({ context }) => context.arrived + 1 }) },
      },
      always: {
        guard: ({ context }) => context.arrived === context.firsts.length,
        target: 'resting',
        actions: assign({ arrived: 0, rounds: ({ context }) => context.rounds + 1 }),
      },
    },
  },
});

const child = setup({
  types: {} as { events: { type: 'hello'; isLast: boolean } },
}).createMachine({
  id: 'child',
  initial: 'new',
  states: {
    new: {
      on: {
        hello: [
          {
            guard: ({ event }) => event.isLast,
            target: 'greeted',
            actions: sendParent({ type: 'grown' }),
          },
          { target: 'greeted' },
        ],
      },
    },
    greeted: {},
  },
});

/** On `grow` it spawns so many children and greets each; the last one answers. */
export const nursery = setup({
  types: {} as {
    context: { children: number; rounds: number };
    events: { type: 'grow'; count: number } | { type: 'grown' };
  },
  actors: { child },
}).createMachine({
  id: 'nursery',
  context: { children: 0, rounds: 0 },
  on: {
    grow: {
      actions: enqueueActions(({ context: { children }, event: { count }, enqueue }) => {
        for (const place of upTo(count)) {
          const id = `child-${children + place}`;
          enqueue.spawnChild('child', { id });
          enqueue.sendTo(id, { type: 'hello', isLast: place === count - 1 });
        }
        enqueue.assign({ children: children + count });
      }),
    },
    grown: { actions: assign({ rounds: ({ context }) => context.rounds + 1 }) },
  },
});
