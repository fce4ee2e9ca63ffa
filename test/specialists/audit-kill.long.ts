/** The kills of `audit-kill.test.ts`, fifty and more of them; each failure tells its seed. */
import { expect, test } from 'vitest';
import { journey, undisturbed } from './killing.ts';

test('given fifty kills, then each result is that of a calm audit', async () => {
  const { folder, told } = await undisturbed();
  let kills = 0;
  for (let seed = 100; kills < 50; seed += 2) {
    const some = [journey(folder, told, seed, 4), journey(folder, told, seed + 1, 1)];
    for (const count of await Promise.all(some)) kills += count;
  }
  expect(kills).toBeGreaterThanOrEqual(50);
});
