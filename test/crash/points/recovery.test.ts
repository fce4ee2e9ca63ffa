/** A process that dies while it brings back what was live, again and again, loses nothing. */
import { expect, test } from 'vitest';
import { variants } from './lives.ts';
import { recoveriesSurvived } from './recovery.ts';
import { each, places, undisturbed } from './surviving.ts';

test.each(variants)(
  'given $name, when three recoveries in a row crash at any commit, then the end is the same',
  async ({ options }) => {
    const seen: number[] = [];
    for (const first of each(
      options.groupTurns === 1 ? 211 : 101,
      places(await undisturbed(options)),
    )) {
      seen.push(await recoveriesSurvived('simulated', first, options));
    }
    expect(Math.min(...seen)).toBeGreaterThan(0);
  },
);

test('given a file, when three recoveries in a row crash, then the end is the same', async () => {
  for (const first of each(199, places(await undisturbed()))) {
    await recoveriesSurvived('sqlite', first);
  }
});
