/**
 * A process under load is killed (`kill -9`) at drawn moments, again and again on one journal.
 * `kill.long.ts` does it fifty times, or as often as `TROUPE_KILLS` says.
 */
import { expect, test } from 'vitest';
import { siegeOf } from './kills.ts';

const kills = Number(process.env.TROUPE_KILLS ?? 3);

test('given kills under load, then all that was acknowledged is there once, in order', async () => {
  const { books, life } = await siegeOf(kills, 'test/crash/load/kill.test.ts');
  expect(life).toBe(kills + 1);
  expect(books.acknowledged.size).toBeGreaterThan(20);
});
