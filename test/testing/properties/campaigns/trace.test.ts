/** The trace of a play: what was called tells two plays apart, also where all commits are equal. */
import { defineBot, type Troupe } from 'troupe';
import { expect, test } from 'vitest';
import { differenceBetween } from '../../../../src/testing/properties/difference.ts';
import { calm, play } from '../../../../src/testing/simulation/index.ts';

/** Work whose first step fails in the memory of a process that is lost before it says so. */
const played = (isFailing: boolean, commit: number) => {
  let isFirst = true;
  const bot = defineBot({
    id: 'bot',
    work: ({ step }) =>
      step('do', () => {
        const fails = isFailing && isFirst;
        isFirst = false;
        return fails ? Promise.reject(new Error('it fails')) : 1;
      }),
  });
  const scenario = (troupe: Troupe) => troupe.start(bot, undefined, { id: 'a' });
  const faults = [{ fault: 'crash', commit, moment: 'before' }] as const;
  return play({ definitions: [bot], scenario }, { ...calm(undefined), faults });
};

test('given equal commits and a call that ended otherwise, then the traces differ', async () => {
  const same: number[] = [];
  for (let commit = 1; commit < 6; commit += 1) {
    const one = await played(false, commit);
    expect((await played(false, commit)).trace).toBe(one.trace);
    const other = await played(true, commit);
    const rows = [one, other].map(({ journal }) =>
      journal.actors({}).map(({ actor }) => journal.history(actor, 0)),
    );
    const isSame = JSON.stringify(rows[0]) === JSON.stringify(rows[1]);
    if (isSame) same.push(commit);
    expect(one.trace).not.toBe(other.trace);
    expect(differenceBetween(one, other)).toMatch(/ of bot/);
  }
  expect(same.length).toBeGreaterThan(0);
});
