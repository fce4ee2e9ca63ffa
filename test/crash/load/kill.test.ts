/**
 * A process under load is killed (`kill -9`) at drawn moments, again and again on one journal.
 * `kill.long.ts` does it fifty times, or as often as `TROUPE_KILLS` says.
 */
import { expect, test } from 'vitest';
import { siegeOf } from './kills.ts';

test('given kills under load, then all that was acknowledged is there once, in order', async () => {
  const { books, life } = await siegeOf(4, 'test/crash/load/kill.test.ts');
  expect(life).toBe(5);
  expect(books.acknowledged.size).toBeGreaterThan(20);
});
