/**
 * Conformance of trees that nobody thought of: random plays of puppets under XState's `createActor`
 * and on a troupe with crashes.
 */
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { plays } from './puppet.ts';
import { agree } from './runners/judge.ts';
import { plainRunner } from './runners/plain-runner.ts';
import { diskRunner } from './runners/troupe-runner.ts';

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

const crashes = fc
  .array(
    fc.record({
      at: fc.integer({ min: 1, max: 40 }),
      moment: fc.constantFrom('before' as const, 'after' as const),
    }),
    { maxLength: 4 },
  )
  .map((all) => all.sort((a, b) => a.at - b.at));
const groupTurns = fc.constantFrom(512, 1, 2, 3);

test('property: any play of puppets ends as under createActor, whatever crashes come', async () => {
  await fc.assert(
    fc.asyncProperty(plays, fc.record({ crashes, groupTurns }), async (one, how) => {
      const found = await diskRunner(one, how);
      expect(found.dead.filter(({ reason }) => reason === 'poison')).toEqual([]);
      agree(found, await plainRunner(one));
    }),
    { numRuns: 300 },
  );
});
