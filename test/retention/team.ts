/** A small team whose time moves only when a test says so. */
import { z } from 'zod';
import { defineBot, handler, type Troupe, type TroupeOptions } from '../../src/index.ts';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import { type TestClock, teamOf, testClock } from '../troupe/team.ts';

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
  readonly clock: TestClock;
}

/** Makes a team with a retention. */
export async function keptTeam(
  retention: TroupeOptions['retention'],
  journal: Journal = memoryJournal(),
): Promise<Kept> {
  const clock = testClock();
  const { troupe } = await teamOf([counter, sleeper, listener], { clock, journal, retention });
  return { troupe, journal, clock };
}
