/** The estimate of an audit: how much is done, and how long the rest will take. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Estimate } from '../../../src/cli/audit/estimate.ts';
import { durationText } from '../../../src/cli/audit/progress.ts';
import type { Unit } from '../../../src/specialists/index.ts';

const chunk = (name: string, kb = 100): Unit => ({
  ...{ name, kind: 'complexity', bytes: kb * 1_024 },
  estimateMs: 20 + 10 * kb,
});

function planned(...units: readonly Unit[]): Estimate {
  const estimate = new Estimate(2);
  estimate.plan(units);
  return estimate;
}

describe('what is done', () => {
  test('given no plan, then nothing is known', () => {
    const estimate = new Estimate(2);
    expect([estimate.steps, estimate.fraction, estimate.leftMs(0)]).toEqual([undefined, 0, 0]);
  });

  test('given recorded and begun work, then both count by their size', () => {
    const estimate = planned(chunk('a', 100), chunk('b', 300));
    estimate.done('a');
    expect(estimate.steps).toEqual({ done: 1, total: 2 });
    expect(estimate.fraction).toBeCloseTo(0.25, 1);
    estimate.working('b', 0.5, 0);
    expect(estimate.fraction).toBeCloseTo(0.62, 1);
    expect(estimate.steps).toEqual({ done: 1, total: 2 });
  });

  test('given a plan told again, or unknown work, then nothing is lost or added', () => {
    const estimate = planned(chunk('a'), chunk('b'));
    estimate.done('a');
    estimate.plan([chunk('a'), chunk('b')]);
    estimate.done('c');
    estimate.working('a', 0.1, 0);
    expect(estimate.steps).toEqual({ done: 1, total: 2 });
    expect(estimate.fraction).toBe(0.5);
  });
});

describe('what is left', () => {
  const chunks = Array.from({ length: 40 }, (_, n) => chunk(`c${n}`));

  test('given a slower machine, then the estimate comes to its pace', () => {
    const estimate = planned(...chunks);
    const first = estimate.leftMs(0);
    // Each of two threads takes 5 s for a piece that should take 1 s.
    for (let n = 0; n < 20; n += 1) {
      estimate.working(`c${n}`, 0, Math.floor(n / 2) * 5_000);
      estimate.done(`c${n}`);
    }
    expect(first).toBeGreaterThan(19_000);
    expect(first).toBeLessThan(23_000);
    expect(estimate.leftMs(50_000)).toBeGreaterThan(40_000);
    expect(estimate.leftMs(50_000)).toBeLessThan(60_000);
  });

  test('given work recorded before, then it says nothing about the pace', () => {
    const estimate = planned(...chunks);
    for (let n = 0; n < 20; n += 1) estimate.done(`c${n}`);
    expect(estimate.leftMs(1)).toBeCloseTo(planned(...chunks.slice(20)).leftMs(1));
  });

  test('property: it is never negative, and nothing when all is done', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(39), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(9_000))),
        (deeds) => {
          const estimate = planned(...chunks);
          let now = 0;
          for (const [n, fraction, ms] of deeds) {
            now += ms;
            estimate.working(`c${n}`, fraction, now);
            expect(estimate.leftMs(now)).toBeGreaterThanOrEqual(0);
          }
          for (const { name } of chunks) estimate.done(name);
          expect(estimate.leftMs(now)).toBe(0);
          expect(estimate.fraction).toBe(1);
        },
      ),
    ));
});

test('durations are told as exactly as they are known', () => {
  expect([0, 900, 1_001, 90_000, 90_001, 5_400_000, 5_400_001].map(durationText)).toEqual([
    ...['about 1 s', 'about 1 s', 'about 2 s', 'about 90 s', 'about 2 min', 'about 90 min'],
    'about 1.5 h',
  ]);
});
