/**
 * Numbers of a shape: small ones mostly, so that sums of them are exact and stories are readable,
 * and the bounds that the schema sets itself.
 */
import fc from 'fast-check';
import type { Bound, Shape } from './shape.ts';

/** Beyond it only bounds are drawn; where they leave nothing within, numbers next to them. */
const WIDEST = 1_000_000;

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Numbers of a shape, the simplest ones first for shrinking; undefined: there are none. */
export function numbersOf(shape: Shape, isInteger: boolean): fc.Arbitrary<number> | undefined {
  const range = rangeOf(shape);
  const [step] = shape.steps;
  if (step !== undefined) return multiplesOf(step, range);
  const whole = { min: Math.ceil(range.min), max: Math.floor(range.max) };
  const edges = edgesOf(shape).filter((edge) => !isInteger || Number.isInteger(edge));
  const drawn = [
    ...(whole.min <= whole.max ? [{ weight: 8, arbitrary: fc.integer(whole) }] : []),
    ...(isInteger || range.min > range.max ? [] : [{ weight: 6, arbitrary: doubles(range) }]),
    ...(edges.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...edges) }]),
  ];
  return drawn.length === 0 ? undefined : fc.oneof({ withCrossShrink: true }, ...drawn);
}

const doubles = (range: Range): fc.Arbitrary<number> =>
  fc.double({ ...range, noNaN: true }).map((value) => value + 0);

/** The part of what the shape allows that is nearest to 0, at most as wide as drawn. */
function rangeOf(shape: Shape): Range {
  const least = tightest(shape.least, Math.max);
  const most = tightest(shape.most, Math.min);
  const min = Math.max(least, Math.min(-WIDEST, most - WIDEST));
  return { min, max: Math.min(most, Math.max(WIDEST, min + WIDEST)) };
}

const tightest = (bounds: readonly Bound[], pick: (...bounds: number[]) => number): number =>
  pick(...bounds.map(({ at }) => at));

/** Bounds that the author of the schema chose, as far as they are themselves allowed. */
function edgesOf({ least, most }: Shape): readonly number[] {
  const chosen = [...least, ...most].filter(({ at, isOpen }) => !isOpen && !isOfFormat(at));
  return chosen.map(({ at }) => at + 0);
}

/** Bounds that a format brings along, such as that of `z.int()`. */
const isOfFormat = (at: number): boolean =>
  [Number.MAX_SAFE_INTEGER, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1].includes(Math.abs(at)) ||
  Math.abs(at) > 1e38;

/** Multiples of a step, as decimal text says them: 0.3, not 0.1 + 0.2. */
function multiplesOf(step: number, { min, max }: Range): fc.Arbitrary<number> {
  const [, decimals = '', exponent = '0'] = /(?:\.(\d+))?(?:e-(\d+))?$/.exec(String(step)) ?? [];
  const digits = decimals.length + Number(exponent);
  const first = Math.ceil(min / step);
  const last = Math.max(first, Math.floor(max / step));
  return fc
    .integer({ min: first, max: last })
    .map((count) => Number((count * step).toFixed(Math.min(digits, 100))) + 0);
}
