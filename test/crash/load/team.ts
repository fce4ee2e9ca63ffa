/** A team under load: what it does outside is told by key, what it applies is in its journal. */
import { assign, setup } from 'xstate';
import { z } from 'zod';
import { defineBot, defineWorkflow, handler, TerminalError } from '../../../src/index.ts';

/** Told of each deed, before it is recorded. */
export type Did = (key: string) => void;

/** Delay of a bell that does not ring while the test lasts. */
export const never = 3_600_000;

/** Bells of which one stops no other: each has an own timer. */
export const bell = setup({
  types: {} as {
    input: { ms: number };
    context: { ms: number };
    events: { type: 'SILENCE'; n: number };
    output: string;
  },
  delays: { ms: ({ context }) => context.ms },
}).createMachine({
  id: 'bell',
  context: ({ input }) => ({ ms: input.ms }),
  initial: 'armed',
  states: {
    armed: { after: { ms: 'rung' }, on: { SILENCE: 'silenced' } },
    rung: { type: 'final' },
    silenced: { type: 'final' },
  },
});

/** Keeps each number that it was sent, in the order in which they came. */
export const ledger = setup({
  types: {} as {
    context: { numbers: readonly number[] };
    events: { type: 'BOOK'; n: number; from: string };
  },
}).createMachine({
  id: 'ledger',
  context: { numbers: [] },
  on: {
    BOOK: {
      actions: assign({ numbers: ({ context, event }) => [...context.numbers, event.n] }),
    },
  },
});

const Note = z.object({ n: z.number(), from: z.string() });

/** The definitions. */
export function teamThat(did: Did) {
  const desk = defineBot({
    id: 'desk',
    concurrency: 4,
    retry: false,
    on: {
      note: handler(Note, async ({ payload }) => {
        await aMoment();
        did(`note ${payload.from} ${payload.n}`);
      }),
      double: handler(Note, ({ payload }) => payload.n * 2),
    },
  });

  const scribe = defineBot({
    id: 'scribe',
    retry: false,
    input: z.object({ n: z.number() }),
    work: async ({ input: { n }, step, sleep }) => {
      const first = await step('first', ({ key }) => done(did, key));
      await sleep('rest', n % 20);
      return [first, await step('second', ({ key }) => done(did, key))];
    },
  });

  const courier = defineBot({
    id: 'courier',
    retry: false,
    input: z.object({ n: z.number() }),
    work: async ({ input: { n }, runId, step, send, ask }) => {
      const packed = await step('pack', ({ key }) => done(did, key));
      for (const part of [1, 2, 3]) {
        await send(desk, { type: 'note', payload: { n: part, from: runId }, priority: 3 });
      }
      const asked = { type: 'double', payload: { n, from: runId } } as const;
      // The time of an ask goes on while nobody runs: a siege takes longer than the default.
      return [packed, await ask(desk, asked, { timeout: '1h' })];
    },
  });

  const undo = { undo: ({ key }: { readonly key: string }) => done(did, key) };
  const trip = defineWorkflow({
    id: 'trip',
    input: z.object({ n: z.number(), isLost: z.boolean() }),
    retry: { attempts: 1 },
  })
    .step('hotel', ({ key }) => done(did, key), undo)
    .step('book', scribe, ({ input }) => ({ n: input.n }))
    .step('pay', async ({ input, key }) => {
      await done(did, key);
      if (input.isLost) throw new TerminalError('no money');
      return key;
    });
  return { definitions: [bell, ledger, desk, scribe, courier, trip], desk, courier, trip };
}

async function done(did: Did, key: string): Promise<string> {
  await aMoment();
  did(key);
  await aMoment();
  return key;
}

const aMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
