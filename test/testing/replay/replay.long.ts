/** Forty drawn scripts on SQLite, with real kills. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { play } from '../../../src/testing/simulation/index.ts';
import { publishing } from '../simulation/team.ts';
import { crashing, replayed } from './replayed.ts';
import { toldOf } from './told.ts';

test('property: forty drawn scripts on SQLite give the journal of the simulation', async () => {
  let killed = 0;
  for (const script of fc.sample(crashing, { seed: 12, numRuns: 40 })) {
    const { told, kills } = await replayed(script);
    killed += kills;
    expect([script, told]).toEqual([script, toldOf(await play(publishing, script))]);
  }
  expect(killed).toBeGreaterThan(40);
});
