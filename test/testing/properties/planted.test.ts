/** Mistakes in small teams are found within 200 scripts, and told in a few lines. */
import { isTroupeError } from 'troupe';
import { expect, test } from 'vitest';
import * as money from './teams/money.ts';
import type { Planted } from './teams/planted.ts';
import * as waiting from './teams/waiting.ts';

const { inMemory, ...waitingTeams } = waiting;
const teams = [...Object.values(money), ...Object.values(waitingTeams)];
const named = teams.map((team) => [team.name, team] as const);

/** What is told of a team with its mistake. */
async function found(team: Planted, seed: number) {
  const error = await team.play(false, { runs: 200, seed }).catch((thrown: unknown) => thrown);
  if (isTroupeError(error, 'PROPERTY_FAILED')) return error.data;
  throw error;
}

test.each(named)('found, for each of two seeds: %s', async (_, team) => {
  for (const seed of [1, 2]) {
    const { law, steps } = await found(team, seed);
    expect([seed, law]).toEqual([seed, team.law]);
    expect(steps).toBeLessThanOrEqual(8);
  }
});

test('given a bot that keeps state in memory, when it is checked, then plays differ', async () => {
  const failure = inMemory.play(false, { runs: 200, seed: 1 });
  await expect(failure).rejects.toMatchObject({ code: 'NOT_REPEATABLE' });
  await expect(failure).rejects.toThrow('call 1 of clerk');
});

test.each([...named, [inMemory.name, inMemory] as const])(
  'mended, it holds: %s',
  async (_, team) => {
    await expect(team.play(true, { runs: 40, seed: 1 })).resolves.toMatchObject({ runs: 40 });
  },
);
