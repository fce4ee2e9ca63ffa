/** All places: on the simulated disk, in a file, in processes that are really killed. */
import { describe, expect, test } from 'vitest';
import { variants } from './lives.ts';
import { recoveriesSurvived } from './recovery.ts';
import { each, places, survived, survivedKills, undisturbed } from './surviving.ts';

describe.each(variants)('given $name', ({ options }) => {
  test.each(['simulated', 'sqlite'] as const)(
    'when a crash comes at each place of a journal that is %s, then the end is the same',
    async (disk) => {
      for (const crash of places(await undisturbed(options))) {
        await survived(disk, { ...options, crashes: [crash] });
      }
    },
  );

  test('when three recoveries in a row crash, then the end is the same', async () => {
    const all = places(await undisturbed(options));
    for (const first of each(2, all)) await recoveriesSurvived('simulated', first, options);
    for (const first of each(9, all)) await recoveriesSurvived('sqlite', first, options);
  });
});

test('given a real kill at each place, then the end is the same', async () => {
  const all = places(await undisturbed());
  expect(all.length).toBeGreaterThan(100);
  for (const crash of all) await survivedKills({ crashes: [crash] });
});

test('given four real kills in a row, three of them of recoveries, then so it is', async () => {
  for (const first of each(9, places(await undisturbed()))) {
    for (const at of [1, 2, 3]) {
      const again = { of: 'commit', at, moment: at % 2 === 0 ? 'before' : 'after' } as const;
      await survivedKills({ crashes: [first, again, again, again] });
    }
  }
});
