/** Fifty kills under load, or `TROUPE_KILLS`. */
import { expect, test } from 'vitest';
import { siegeOf } from './kills.ts';

test('given many kills under load, then all that was acknowledged is there once', async () => {
  const kills = Number(process.env.TROUPE_KILLS ?? 50);
  const siege = await siegeOf(kills, '--config vitest.long.config.ts test/crash/load/kill.long.ts');
  expect(siege.life).toBe(kills + 1);
  const { acknowledged, head } = siege.books;
  console.log(`${kills} kills: ${acknowledged.size} acknowledged, ${head} rows`);
}, 14_400_000);
