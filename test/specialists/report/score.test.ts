/** The published rules: what counts how much, what takes how long. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/specialists/report/places.ts';
import { effortOf, payOffOf, ranked, scoreOf } from '../../../src/specialists/report/score.ts';
import { aCycle, aFunction, aLeftover, someClones } from './places.ts';

const syntax: Place = { kind: 'syntax', file: 'a.ts', line: 1, message: 'no' };

describe('scores', () => {
  test.for<[number, Place]>([
    [10, aFunction()],
    [30, aFunction({ complexity: 20 })],
    [90, aFunction({ complexity: 500 })],
    [7.5, aFunction({ complexity: 20, isFlat: true })],
    [25, aFunction({ complexity: 20, lines: 100, isFlat: true })],
    [30, aFunction({ cognitive: 30 })],
    [20, aFunction({ lines: 100 })],
    [15, aFunction({ params: 10 })],
    [70, aFunction({ complexity: 20, cognitive: 30, lines: 150 })],
    [60, aFunction({ complexity: 20, fanIn: 15 })],
    [15, aFunction({ complexity: 20, isTest: true })],
    [10, someClones({ tokens: 50 })],
    [40, someClones({ tokens: 750 })],
    [5, someClones({ tokens: 50, isTest: true })],
    [10, aCycle()],
    [60, aCycle({ size: 64 })],
    [15, aCycle({ size: 64, isOfTypes: true })],
    [5, aLeftover()],
    [10, aLeftover({ terms: { todo: 1, fixme: 1 } })],
    [40, syntax],
  ])('it is %d for %j', ([score, place]) => expect(scoreOf(place)).toBe(score));

  test('the pay-off follows from the score', () => {
    expect([40, 39.9, 15, 14.9].map(payOffOf)).toEqual(['high', 'medium', 'medium', 'low']);
  });
});

test.for<[string, Place]>([
  ['small', aFunction({ complexity: 15, cognitive: 20, lines: 80 })],
  ['medium', aFunction({ complexity: 16 })],
  ['medium', aFunction({ lines: 81 })],
  ['large', aFunction({ complexity: 41 })],
  ['large', aFunction({ complexity: 11, lines: 201 })],
  ['small', aFunction({ params: 30 })],
  ['small', someClones({ tokens: 300 })],
  ['medium', someClones({ copies: 3, tokens: 300 })],
  ['large', someClones({ tokens: 2_001 })],
  ['small', aCycle({ size: 3 })],
  ['medium', aCycle({ size: 10 })],
  ['large', aCycle({ size: 11 })],
  ['small', aLeftover({ terms: { todo: 3 } })],
  ['medium', aLeftover({ terms: { fixme: 7 } })],
  ['small', syntax],
])('effort: %s for %j', ([effort, place]) => expect(effortOf(place)).toBe(effort));

describe('order', () => {
  const place = fc.oneof(
    fc
      .record({
        file: fc.constantFrom('a.ts', 'b.ts'),
        line: fc.nat(9),
        complexity: fc.integer({ min: 11, max: 60 }),
        fanIn: fc.nat(5),
      })
      .map((fields): Place => aFunction(fields)),
    fc.record({ tokens: fc.integer({ min: 50, max: 900 }) }).map((f): Place => someClones(f)),
    fc.record({ size: fc.integer({ min: 2, max: 40 }) }).map((f): Place => aCycle(f)),
  );

  test('property: no place stands below one with a lower score, and none is lost', () =>
    fc.assert(
      fc.property(fc.array(place), (places) => {
        const order = ranked(places);
        const scores = order.map(scoreOf);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(new Set(order)).toEqual(new Set(places));
      }),
    ));

  test('property: a measure that grows never lowers the score', () =>
    fc.assert(
      fc.property(
        fc.constantFrom('complexity', 'cognitive', 'lines', 'params', 'fanIn'),
        fc.integer({ min: 51, max: 400 }),
        fc.nat(100),
        (measure, value, more) => {
          const score = (at: number): number => scoreOf(aFunction({ [measure]: at }));
          expect(score(value + more)).toBeGreaterThanOrEqual(score(value));
        },
      ),
    ));

  test('given equal scores, then the smaller effort comes first, then the name', () => {
    const [c, b] = [aFunction({ file: 'c.ts' }), aFunction({ file: 'b.ts' })].map((place) => ({
      ...place,
      complexity: 15,
    }));
    const cycle = aCycle({ size: 4 });
    expect([c, b, cycle].map((place) => place && scoreOf(place))).toEqual([20, 20, 20]);
    expect(ranked([cycle, c, b].flatMap((place) => place ?? []))).toEqual([b, c, cycle]);
  });
});
