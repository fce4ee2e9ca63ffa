/** Timers over the end of processes: none is lost, none fires twice, early, or once cleared. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulated, sqlite } from '../points/disks.ts';
import { variants } from '../points/lives.ts';
import { each, moments, places } from '../points/surviving.ts';
import { holdMany } from './many.ts';
import { type Downtime, type Ringing, rung } from './ringing.ts';

const ms = fc.integer({ min: 0, max: 400 });
const bells: fc.Arbitrary<Ringing[]> = fc.array(
  fc.record({ ms, silencedAt: fc.option(ms, { nil: undefined }) }),
  { minLength: 1, maxLength: 12 },
);
const downtimes: fc.Arbitrary<Downtime[]> = fc.array(
  fc.record({
    crash: fc.record({
      of: fc.constant('commit' as const),
      at: fc.integer({ min: 1, max: 9 }),
      moment: fc.constantFrom(...moments),
    }),
    ms,
  }),
  { maxLength: 4 },
);

test.each(variants)('property: timers fire once, in time, in order, given $name', ({ options }) =>
  fc.assert(
    fc.asyncProperty(bells, downtimes, async (given, down) => {
      const { wrongs, rang } = await rung(simulated(), given, down, options);
      expect(wrongs).toEqual([]);
      const silent = given.flatMap(({ silencedAt }, n) => (silencedAt === undefined ? [] : n));
      expect(new Set([...rang, ...silent]).size).toBe(given.length);
    }),
    { numRuns: 40 },
  ),
);

const three: readonly Ringing[] = [{ ms: 30 }, { ms: 20 }, { ms: 10 }, { ms: 10, silencedAt: 5 }];

test('given a file, when all are due while nobody runs, then they fire in order', async () => {
  const crash = { of: 'commit', at: 3, moment: 'after' } as const;
  const { wrongs, rang, crashes } = await rung(sqlite(), three, [{ crash, ms: 60_000 }]);
  expect({ wrongs, crashes }).toEqual({ wrongs: [], crashes: 1 });
  expect(rang.filter((n) => n < 3)).toEqual([2, 1, 0]);
});

test('given a crash at each commit, that of the firing too, then each fires once', async () => {
  const all = places({ commits: 8, deeds: 0 });
  const seen: number[] = [];
  for (const crash of all) {
    for (const down of [0, 15]) {
      const { wrongs, crashes } = await rung(simulated(), three, [{ crash, ms: down }]);
      expect(wrongs, `${JSON.stringify(crash)}, down ${down} ms`).toEqual([]);
      seen.push(crashes);
    }
  }
  expect(seen.filter((crashes) => crashes === 1).length).toBeGreaterThan(20);
  for (const crash of each(5, all)) {
    const { wrongs } = await rung(sqlite(), three, [{ crash, ms: 15 }]);
    expect(wrongs, JSON.stringify(crash)).toEqual([]);
  }
});

test('given hundreds of timers armed at a crash, then they fire by their times', async () => {
  for (const isCramped of [false, true]) await holdMany(300, isCramped);
});
