/** Mended teams hold for 500 scripts; mistakes are found whatever the seed. */
import { isTroupeError } from 'troupe';
import { expect, test } from 'vitest';
import * as money from './teams/money.ts';
import * as waiting from './teams/waiting.ts';

const { inMemory, ...waitingTeams } = waiting;
const teams = [...Object.values(money), ...Object.values(waitingTeams)];

test.each(teams.map((team) => [team.name, team] as const))('%s', async (_, team) => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const error = await team.play(false, { runs: 200, seed }).catch((thrown: unknown) => thrown);
    if (!isTroupeError(error, 'PROPERTY_FAILED')) throw error;
    expect(error.data.law).toBe(team.law);
    expect(error.data.steps).toBeLessThanOrEqual(8);
  }
  await team.play(true, { runs: 500, seed: 1 });
});

test('mended, nothing is kept in memory', async () => {
  await inMemory.play(true, { runs: 500, seed: 1 });
});
