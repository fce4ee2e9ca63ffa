/** Why nothing goes on: what is said of teams that rest with something open. */
import { expect, test } from 'vitest';
import { calm, play } from '../../../src/testing/simulation/index.ts';
import { stuckTeams } from './stuck-teams.ts';

for (const [name, { play: given, script, says }] of Object.entries(stuckTeams))
  test(`given ${name}, when nothing goes on, then it is named with the remedy`, async () => {
    const { breach } = await play(given, { ...calm(undefined), ...script });
    expect(breach?.law).toBe('what is awaited settles');
    const [who, what, remedy] = says;
    const reason = `${who} waits for ${what}${remedy === undefined ? '' : `: ${remedy}`}`;
    expect(breach?.found.split('; ')).toContain(reason);
  });
