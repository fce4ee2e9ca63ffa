/** `arbitraryOf`: what is drawn for a schema satisfies it, shrinks, and follows from the seed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkJson } from '../../../src/protocol/index.ts';
import { arbitraryOf } from '../../../src/testing/arbitrary/index.ts';
import { schemas, shownSchema } from './schemas.ts';

/** What a schema draws, and the values that its counterexamples shrink to. */
const drawnFrom = (schema: z.ZodType, seed: number, numRuns = 20): readonly unknown[] =>
  fc.sample(arbitraryOf(schema), { numRuns, seed });

/** A schema in a counterexample is shown as its JSON Schema. */
const shown = schemas.map((schema) => ({ schema, toString: () => shownSchema(schema) }));

/** Letters by which texts of one format differ. */
const LETTERS = 8;

/** Values within, and letters; numbers and the like are all of one size. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length;
  if (value === null || typeof value !== 'object') return 1;
  return Object.values(value).reduce((sum: number, one) => sum + sizeOf(one), 1);
}

describe('any schema', () => {
  test('property: all that is drawn satisfies it, and is JSON', () => {
    fc.assert(
      fc.property(shown, fc.integer(), ({ schema }, seed) => {
        for (const value of drawnFrom(schema, seed)) {
          expect(z.safeParse(schema, value).error).toBeUndefined();
          expect(() => checkJson(value, 'it')).not.toThrow();
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('property: so does all that it shrinks to', () => {
    fc.assert(
      fc.property(shown, fc.integer(), ({ schema }, seed) => {
        const tried: unknown[] = [];
        const isSmall = fc.property(arbitraryOf(schema), (value) => {
          tried.push(value);
          return JSON.stringify(value).length < 6;
        });
        fc.check(isSmall, { seed, numRuns: 10 });
        for (const value of tried) expect(z.safeParse(schema, value).success).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('property: the same seed draws the same values', () => {
    fc.assert(
      fc.property(shown, fc.integer(), ({ schema }, seed) => {
        expect(drawnFrom(schema, seed)).toEqual(drawnFrom(schema, seed));
      }),
      { numRuns: 50 },
    );
  });

  test('property: what fails always shrinks to a value as small as any that is drawn', () => {
    fc.assert(
      fc.property(shown, fc.integer(), ({ schema }, seed) => {
        const { counterexample } = fc.check(
          fc.property(arbitraryOf(schema), () => false),
          { seed },
        );
        const sizes = drawnFrom(schema, seed, 30).map(sizeOf);
        const atMost = Math.min(...sizes) + LETTERS;
        expect(sizeOf(counterexample?.[0])).toBeLessThanOrEqual(atMost);
      }),
      { numRuns: 50 },
    );
  });
});
