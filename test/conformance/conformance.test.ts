/**
 * Conformance: every case on a troupe ends in the same states with the same events seen as under
 * XState's own `createActor`, undisturbed and with a crash at every commit in turn.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { corpus } from './corpus.ts';
import { agree } from './judge.ts';
import { plainRunner } from './plain-runner.ts';
import { diskRunner, memoryRunner, type Playing } from './troupe-runner.ts';

// XState's development build warns of every event that comes too late; here some come on purpose.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

describe.each(corpus)('$id', (one) => {
  test('given a journal in memory, then nothing is different', async () => {
    agree(await memoryRunner(one), await plainRunner(one));
  });

  test('given a crash at every commit in turn, then nothing is different', async () => {
    const reference = await plainRunner(one);
    const { commits } = await diskRunner(one);
    expect(commits).toBeGreaterThan(1);
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at <= commits; at += 1) await survived({ crashes: [{ at, moment }] });
    }

    async function survived(playing: Playing): Promise<void> {
      try {
        const played = await diskRunner(one, playing);
        agree(played, reference);
        expect(played.missed).toBe(0);
      } catch (cause) {
        throw new RangeError(`to see it again: ${one.id}, ${JSON.stringify(playing)}`, { cause });
      }
    }
  });
});
