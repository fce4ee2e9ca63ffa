/** What simulations found in the runtime, and stays mended. */
import { expect, test } from 'vitest';
import { play, type Script } from '../../../src/testing/simulation/index.ts';
import { teams } from '../oracles/teams.ts';

test('given a step that a resume lets begin, then its end is taken once', async () => {
  const script: Script = {
    given: undefined,
    seed: 715_104,
    faults: [
      { fault: 'malformed', call: { of: 'answer.write', nth: 1 }, value: { ok: null } },
      { fault: 'pause', commit: 2, run: 2 },
    ],
    people: [],
  };
  const { approvals } = teams;
  if (approvals === undefined) throw new TypeError('there is no such team');
  expect((await play(approvals, script)).breach).toBeUndefined();
});
