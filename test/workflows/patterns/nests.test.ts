/**
 * Laws of patterns: whatever the nest, it gives what a plain model gives, or fails where that does;
 * also when the process dies at any commit. The function of a step that has answered is never
 * called again.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTroupe } from '../../../src/index.ts';
import { type Crash, type Life, lives } from '../../simulation/lives.ts';
import { Calls, expectedOf, type Nest, nests, workOf } from './nests.ts';

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Runs a nest on a number, through crashes. */
async function played(nest: Nest, value: number, crashes: readonly Crash[] = []) {
  const calls = new Calls();
  const live = async (life: Life) => {
    const { journal, world } = life;
    const work = workOf(nest, 'n', calls, life);
    const definitions = [work, ...calls.inner.splice(0)];
    const troupe = await createTroupe({ definitions, journal, clock: world.clock, log });
    const run = await troupe.start(work, value, { id: 'r' });
    const outcome = await run.outcome();
    await life.atRest;
    await troupe.stop();
    return outcome;
  };
  const { value: outcome, commits, missed } = await lives(live, { crashes });
  return { outcome, calls, commits, missed };
}

async function keepsItsLaws(nest: Nest, value: number, crashes: readonly Crash[] = []) {
  const { outcome, calls } = await played(nest, value, crashes);
  const expected = expectedOf(nest, value);
  if (expected === undefined) expect(outcome.status).toBe('FAILED');
  else expect(outcome).toMatchObject({ status: 'COMPLETED', result: expected });
  expect(calls.faults).toEqual([]);
  if (crashes.length === 0) {
    expect([...calls.byKey].filter(([, times]) => times !== 1)).toEqual([]);
  }
}

const values = fc.integer({ min: 0, max: 99 });

test('property: a nest of patterns gives what a plain model gives, each step once', async () => {
  await fc.assert(
    fc.asyncProperty(nests, values, (nest, value) => keepsItsLaws(nest, value)),
    { numRuns: 150, seed: 1 },
  );
});

const crashes: fc.Arbitrary<readonly Crash[]> = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 80 }),
    moment: fc.constantFrom('before' as const, 'after' as const),
  }),
  { minLength: 1, maxLength: 3 },
);

test('property: crashes at any commit change none of that', async () => {
  await fc.assert(
    fc.asyncProperty(nests, values, crashes, (nest, value, at) =>
      keepsItsLaws(
        nest,
        value,
        at.toSorted((a, b) => a.at - b.at),
      ),
    ),
    { numRuns: 150, seed: 2 },
  );
});

const leaf = (by: number): Nest => ({ is: 'leaf', by, isBad: false, ms: 3 });

test('given a crash at each commit in turn, then a nest of patterns loses nothing', async () => {
  const of = [leaf(1), leaf(2)];
  const nest: Nest = {
    is: 'sequence',
    isEffort: false,
    of: [
      { is: 'parallel', of, isEffort: false },
      { is: 'pipeline', of, isEffort: false },
      { is: 'scatter', of, isEffort: false },
      { is: 'bot', isEffort: false, of: [{ is: 'fork', of: [leaf(4)], isEffort: false }] },
      { is: 'hierarchy', of, isEffort: false },
      { is: 'repeat', of: [leaf(2)], isEffort: false },
    ],
  };
  expect(expectedOf(nest, 5)).toBeDefined();
  const { commits } = await played(nest, 5);
  expect(commits).toBeGreaterThan(50);
  for (let at = 1; at <= commits; at += 1) {
    await keepsItsLaws(nest, 5, [{ at, moment: at % 2 === 0 ? 'before' : 'after' }]);
  }
});
