/** A small team on a simulated clock, and a way to let time go on until something has come. */
import { z } from 'zod';
import { simulatedClock, turnOfLoop } from '../../src/clock/index.ts';
import {
  createTroupe,
  defineBot,
  handler,
  type Troupe,
  type TroupeOptions,
} from '../../src/index.ts';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';

/** Counts to a number, each count a recorded step. */
export const counter = defineBot({
  id: 'counter',
  input: z.number(),
  work: async ({ input, step }) => {
    for (let n = 1; n <= input; n += 1) await step(`count ${n}`, () => n);
    return input;
  },
});

/** Waits for a child run that ends at once, then for a day. */
export const sleeper = defineBot({
  id: 'sleeper',
  work: async ({ step, sleep }) => {
    const first = await step('first', counter, 2);
    await sleep('night', '1d');
    return [first, await step('then', () => 3)];
  },
});

/** Can't take notes. */
export const listener = defineBot({
  id: 'listener',
  retry: { attempts: 1 },
  on: {
    note: handler(z.string(), () => {
      throw new TypeError('no paper');
    }),
  },
});

/** A team, its journal, and its clock. */
export interface Kept {
  readonly troupe: Troupe;
  readonly journal: Journal;
  readonly clock: ReturnType<typeof simulatedClock>;
  /** Lets time go on until a promise has settled. */
  readonly until: <Value>(promise: Promise<Value>) => Promise<Value>;
  /** Lets so much time go on. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Makes a team with a retention. */
export async function keptTeam(
  retention: TroupeOptions['retention'],
  journal: Journal = memoryJournal(),
  clock = simulatedClock(1),
): Promise<Kept> {
  const pump = async (isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      while (clock.step()) await turnOfLoop();
      await turnOfLoop();
      if (!isOver() && !clock.step() && !clock.jump()) await turnOfLoop();
    }
  };
  const until = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let isOver = false;
    const settled = promise.finally(() => {
      isOver = true;
    });
    settled.catch(() => undefined);
    await pump(() => isOver);
    return promise;
  };
  const definitions = [counter, sleeper, listener];
  const troupe = await until(createTroupe({ definitions, journal, clock, retention }));
  const pass = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.after(ms, resolve);
    await until(promise);
  };
  return { troupe, journal, clock, until, pass };
}
