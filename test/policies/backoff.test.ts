/** Back-off: exponential, capped, with full jitter. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../src/policies/index.ts';
import { retryPolicy } from '../../src/protocol/index.ts';

const policies = fc.record({
  attempts: fc.integer({ min: 1, max: 10 }),
  backoffMs: fc.nat(10_000),
  backoffMsMax: fc.nat(100_000),
});
const attempts = fc.integer({ min: 1, max: 2_000 });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('given the defaults, when attempts fail, then the longest pauses double up to 30 s', () => {
  const pauses = [1, 2, 3, 8, 9, 100].map((attempt) => backoffMs(attempt, retryPolicy({}), 1));
  expect(pauses).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
});

test('property: a pause is a whole number between 0 and the bound', () => {
  fc.assert(
    fc.property(attempts, policies, chances, (attempt, policy, chance) => {
      const pause = backoffMs(attempt, policy, chance);
      expect(Number.isSafeInteger(pause)).toBe(true);
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThanOrEqual(policy.backoffMsMax);
    }),
  );
});

test('property: with full jitter a pause is the chance times the longest one', () => {
  fc.assert(
    fc.property(attempts, policies, chances, (attempt, policy, chance) => {
      const longest = backoffMs(attempt, policy, 1);
      const pause = backoffMs(attempt, policy, chance);
      expect(Math.abs(pause - chance * longest)).toBeLessThanOrEqual(0.5);
      expect(backoffMs(attempt, policy, 0)).toBe(0);
    }),
  );
});

test('property: a later attempt never has a shorter longest pause', () => {
  fc.assert(
    fc.property(attempts, policies, (attempt, policy) => {
      const longer = backoffMs(attempt + 1, policy, 1);
      expect(longer).toBeGreaterThanOrEqual(backoffMs(attempt, policy, 1));
    }),
  );
});

test('property: a longest pause is the first one doubled each time, while under the bound', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), policies, (attempt, policy) => {
      let expected = policy.backoffMs;
      for (let one = 1; one < attempt; one += 1) expected += expected;
      expect(backoffMs(attempt, policy, 1)).toBe(Math.min(expected, policy.backoffMsMax));
    }),
  );
});
