/**
 * Conformance: every case on a troupe ends in the same states with the same events seen as under
 * XState's own `createActor`, undisturbed and with a crash at commits in turn.
 * `every/commit.long.ts` takes every commit, and many more stories.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeadLetter } from '../../src/journal/index.ts';
import { corpus } from './corpus.ts';
import type { Account, Case } from './runners/contract.ts';
import { agree } from './runners/judge.ts';
import { plainRunner } from './runners/plain-runner.ts';
import { diskRunner, memoryRunner, type Played, type Playing } from './runners/troupe-runner.ts';
import { storiesOf } from './stories.ts';

// XState's development build warns of every event that comes too late; here some come on purpose.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

const moments = ['before', 'after'] as const;

/** A crash comes at one commit in `step`; `numRuns` stories are drawn. */
const { step, numRuns } = process.env.TROUPE_LONG
  ? { step: 1, numRuns: 3_000 }
  : { step: 3, numRuns: 80 };

describe.each(corpus)('$id', (one) => {
  test('given a journal in memory, then nothing is different', async () => {
    agree(await memoryRunner(one), await plainRunner(one));
  });

  test('given a crash at commits in turn, then nothing is different', async () => {
    const { commits } = await survived(one, {});
    expect(commits).toBeGreaterThan(1);
    for (const moment of moments) {
      for (let at = moment === 'before' || step === 1 ? 1 : 2; at <= commits; at += step) {
        const { missed } = await survived(one, { crashes: [{ at, moment }] });
        expect(missed, `the crash ${moment} commit ${at} came`).toBe(0);
      }
    }
  });

  test('given groups of one turn, then a crash after a commit changes nothing', async () => {
    const { commits } = await survived(one, { groupTurns: 1 });
    for (let at = 2; at <= commits; at += step) {
      await survived(one, { groupTurns: 1, crashes: [{ at, moment: 'after' }] });
    }
  });

  test('given a crash every third commit, then it arrives nevertheless', async () => {
    for (const moment of moments) {
      const crashes = Array.from({ length: 40 }, (_, n) => ({ at: 2 + n * 3, moment }));
      await survived(one, { groupTurns: 1, crashes });
    }
  });
});

test('property: any story of any machine ends the same, whatever crashes come', async () => {
  const crash = fc.record({
    at: fc.integer({ min: 1, max: 30 }),
    moment: fc.constantFrom(...moments),
  });
  const playing = fc.record({
    crashes: fc.array(crash, { maxLength: 4 }).map((all) => all.sort((a, b) => a.at - b.at)),
    groupTurns: fc.constantFrom(512, 1, 2, 3),
  });
  await fc.assert(
    fc.asyncProperty(storiesOf(corpus), playing, async (one, how) => {
      const { dead } = await diskRunner(one);
      fc.pre(!isPoisoned(await plainRunner(one)) && !dead.some(isTwin));
      await survived(one, how);
    }),
    { numRuns },
  );
});

/**
 * Whether an event made the root throw: XState's root fails by it; a troupe takes the event for
 * poison, undoes it and goes on. A root that fails by the error of a child fails in both.
 */
function isPoisoned({ states, seen }: Account): boolean {
  const last = seen.findLast(({ by }) => by === '/');
  const { status, error } = states.at(-1) ?? {};
  return status === 'error' && JSON.stringify(Object(last?.event).error) !== JSON.stringify(error);
}

/** Two living children of one id: XState forgets the first one, a troupe refuses the second. */
const isTwin = ({ detail }: DeadLetter): boolean => detail.includes('lives already');

/** A case on a disk, with crashes; it agrees with the reference. */
async function survived(one: Case, playing: Playing): Promise<Played> {
  try {
    const played = await diskRunner(one, playing);
    agree(played, await plainRunner(one));
    return played;
  } catch (cause) {
    const again = `${one.id} ${JSON.stringify(one.script)} ${JSON.stringify(playing)}`;
    throw new RangeError(`to see it again: ${again}`, { cause });
  }
}
