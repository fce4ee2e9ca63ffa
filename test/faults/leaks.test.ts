/**
 * What a team leaves behind: nothing. Objects are counted, not bytes: after a thousand lives more
 * no more of them are reachable than before.
 */
import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { createTroupe, memoryJournal, type Troupe } from '../../src/index.ts';
import { definitions, type Life, lives, messages } from './living.ts';
import { log } from './log.ts';

/** How many objects are reachable after a collection of garbage: maps, promises, signals and all. */
async function census(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return queryObjects(Object, { format: 'count' });
}

/** How many objects more are reachable when all of that was done again. */
async function left(again: (troupe: Troupe) => Promise<unknown>): Promise<number> {
  const journal = memoryJournal({ rows: 20, runs: 5 });
  await using troupe = await createTroupe({ definitions, journal, log });
  await again(troupe);
  const before = await census();
  await again(troupe);
  return (await census()) - before;
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

test('given 1,000 lives of all kinds and as many again, then nothing is left of them', async () => {
  const rounds = Math.ceil(500 / Object.keys(lives).length);
  const more = await left(livesOf(Object.values(lives), rounds));
  if (more < rounds / 2) return;
  // Something leaks: which life it is.
  const leaks: Record<string, number> = {};
  for (const [name, live] of Object.entries(lives))
    leaks[name] = await left(livesOf([live], rounds));
  expect(leaks).toEqual({});
});

test('given 5,000 messages and as many again, then nothing is left of them', async () => {
  expect(await left((troupe) => messages(troupe, 5_000))).toBeLessThan(50);
});
