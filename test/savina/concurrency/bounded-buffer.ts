/**
 * Bounded buffer: producers put items into a buffer, consumers take them out. A producer makes an
 * item only when it is granted a place. The buffer is the root.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { type Ended, program, type Ref, sum, upTo } from '../program.ts';

const producer = setup({
  types: {} as {
    input: { index: number; items: number };
    context: { index: number; items: number; made: number };
    events: { type: 'produce' };
  },
}).createMachine({
  id: 'producer',
  context: ({ input }) => ({ ...input, made: 0 }),
  initial: 'producing',
  states: {
    producing: {
      on: {
        produce: {
          actions: enqueueActions(({ context: { index, items, made }, enqueue, self: from }) => {
            const isLast = made + 1 === items;
            enqueue.assign({ made: made + 1 });
            enqueue.sendParent({ type: 'item', item: index * items + made, from, isLast });
          }),
        },
      },
      always: { guard: ({ context }) => context.made === context.items, target: 'ended' },
    },
    ended: { type: 'final' },
  },
});

/** What a consumer took; sum and squares would tell an item taken twice from another one. */
interface Taken {
  count: number;
  sum: number;
  squares: number;
}

const consumer = setup({
  types: {} as {
    context: Taken;
    events: { type: 'begin' } | { type: 'consume'; item: number } | { type: 'exit' };
    output: Taken;
  },
  actions: {
    ready: enqueueActions(({ enqueue, self }) => enqueue.sendParent({ type: 'ready', from: self })),
  },
}).createMachine({
  id: 'consumer',
  context: { count: 0, sum: 0, squares: 0 },
  initial: 'consuming',
  states: {
    consuming: {
      on: {
        begin: { actions: 'ready' },
        consume: {
          actions: [
            assign({
              count: ({ context }) => context.count + 1,
              sum: ({ context, event }) => context.sum + event.item,
              squares: ({ context, event }) => context.squares + event.item ** 2,
            }),
            'ready',
          ],
        },
        exit: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context,
});

interface Sizes {
  buffer: number;
  producers: number;
  consumers: number;
  items: number;
}

interface BufferContext {
  sizes: Sizes;
  items: number[];
  /** Places that are granted and not filled. */
  granted: number;
  most: number;
  /** Producers that wait for a place, and consumers that wait for an item. */
  producers: Ref[];
  consumers: Ref[];
  exhausted: number;
  /** Producers that ended. */
  ended: number;
  /** Items that came without a place. */
  wrong: number;
  taken: Taken[];
}

const machine = setup({
  types: {} as {
    input: Sizes;
    context: BufferContext;
    events:
      | { type: 'item'; item: number; from: Ref; isLast: boolean }
      | { type: 'ready'; from: Ref }
      | Ended<Taken | undefined>;
    output: { value: number; most: number; wrong: number; taken: Taken[] };
  },
  actors: { producer, consumer },
  actions: {
    match: enqueueActions(({ context, enqueue }) => {
      const { sizes, items, granted, producers, consumers } = context;
      const served = Math.min(items.length, consumers.length);
      for (const [place, one] of consumers.slice(0, served).entries())
        enqueue.sendTo(one, { type: 'consume', item: items[place] ?? -1 });
      const left = items.slice(served);
      const free = Math.min(sizes.buffer - left.length - granted, producers.length);
      for (const one of producers.slice(0, free)) enqueue.sendTo(one, { type: 'produce' });
      enqueue.assign({
        items: left,
        consumers: consumers.slice(served),
        producers: producers.slice(free),
        granted: granted + free,
        most: Math.max(context.most, left.length),
      });
    }),
  },
}).createMachine({
  id: 'savina-bounded-buffer',
  context: ({ input, spawn }) => ({
    sizes: input,
    items: [],
    granted: 0,
    most: 0,
    producers: upTo(input.producers).map((index) =>
      spawn('producer', { id: `producer-${index}`, input: { index, items: input.items } }),
    ),
    consumers: [],
    exhausted: 0,
    ended: 0,
    wrong: 0,
    taken: [],
  }),
  initial: 'open',
  on: {
    'xstate.done.actor.*': {
      actions: assign(({ context: { ended, taken }, event: { output } }) =>
        output === undefined ? { ended: ended + 1 } : { taken: [...taken, output] },
      ),
    },
  },
  states: {
    open: {
      entry: [
        enqueueActions(({ context, enqueue }) => {
          for (const index of upTo(context.sizes.consumers)) {
            enqueue.spawnChild('consumer', { id: `consumer-${index}` });
            enqueue.sendTo(`consumer-${index}`, { type: 'begin' });
          }
        }),
        'match',
      ],
      on: {
        item: {
          actions: [
            assign({
              items: ({ context, event }) => [...context.items, event.item],
              wrong: ({ context }) => context.wrong + (context.granted > 0 ? 0 : 1),
              granted: ({ context }) => context.granted - 1,
              exhausted: ({ context, event }) => context.exhausted + (event.isLast ? 1 : 0),
              producers: ({ context, event }) =>
                event.isLast ? context.producers : [...context.producers, event.from],
            }),
            'match',
          ],
        },
        ready: {
          actions: [
            assign({ consumers: ({ context, event }) => [...context.consumers, event.from] }),
            'match',
          ],
        },
      },
      always: {
        guard: ({ context: { sizes, exhausted, items, consumers } }) =>
          exhausted === sizes.producers &&
          items.length === 0 &&
          consumers.length === sizes.consumers,
        target: 'closing',
      },
    },
    closing: {
      entry: enqueueActions(({ context, enqueue }) => {
        for (const one of context.consumers) enqueue.sendTo(one, { type: 'exit' });
      }),
      always: {
        guard: ({ context: { sizes, taken, ended } }) =>
          taken.length === sizes.consumers && ended === sizes.producers,
        target: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { taken, most, wrong } }) => ({
    value: sum(taken.map(({ count }) => count)),
    most,
    wrong,
    taken,
  }),
});

/** The program. */
export const boundedBuffer = program({
  name: 'bounded buffer',
  machine,
  scaled: { buffer: 5, producers: 8, consumers: 8, items: 50 },
  output: z.object({
    value: z.number(),
    most: z.number(),
    wrong: z.number(),
    taken: z.array(z.object({ count: z.number(), sum: z.number(), squares: z.number() })),
  }),
  value: ({ producers, items }) => producers * items,
  actors: ({ producers, consumers }) => producers + consumers + 1,
  claims: ({ buffer, producers, items }, { most, wrong, taken }) => {
    const all = upTo(producers * items);
    return {
      'each item is consumed once':
        sum(taken.map((one) => one.sum)) === sum(all) &&
        sum(taken.map((one) => one.squares)) === sum(all.map((item) => item ** 2)),
      'each item has a place': wrong === 0,
      'the buffer never holds more than its bound': most <= buffer,
    };
  },
});
