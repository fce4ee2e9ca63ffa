/**
 * What a team leaves behind: nothing. Objects are counted, not bytes: after a thousand lives more
 * no more of them are reachable than before.
 */
import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { createTroupe, memoryJournal, type Troupe } from '../../src/index.ts';
import { definitions, type Life, lives, messages } from './living.ts';
import { log } from './log.ts';

/** How many objects are reachable after a collection of garbage, of all kinds. */
async function census(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return queryObjects(Object, { format: 'count' });
}

/** The least number of objects that doing all of that again, three times, left behind. */
async function left(again: (troupe: Troupe) => Promise<unknown>): Promise<number> {
  // Small bounds, so that what the journal keeps is full at once.
  const journal = memoryJournal({ rows: 40, runs: 40 });
  await using troupe = await createTroupe({ definitions, journal, log });
  await again(troupe);
  const counts = [await census()];
  for (let time = 0; time < 3; time += 1) {
    await again(troupe);
    counts.push(await census());
  }
  return Math.min(...counts.slice(1).map((count, index) => count - (counts[index] ?? 0)));
}

/** Each life so often, side by side with the others. */
function livesOf(all: readonly Life[], rounds: number) {
  const { signal } = new AbortController();
  let n = 0;
  return async (troupe: Troupe): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(all.map((live) => live(troupe, n++, signal)));
    }
  };
}

/**
 * What is reachable differs by some dozens from one census to the next. Five objects kept for each
 * life of one kind are more than that; `livesOf` one kind tells which.
 */
const rounds = 12;
const bound = 5 * rounds;

test('given 240 lives of all kinds, again and again, then nothing is left of them', async () => {
  expect(await left(livesOf(Object.values(lives), rounds))).toBeLessThan(bound);
}, 300_000);

test('given 2,000 messages, again and again, then nothing is left of them', async () => {
  expect(await left((troupe) => messages(troupe, 2_000))).toBeLessThan(200);
});
