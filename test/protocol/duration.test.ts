/** Durations as users write them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Duration, durationMs, limits } from '../../src/protocol/index.ts';
import { refusal } from '../refusal.ts';

test.each([
  [0, 0],
  [-0, 0],
  [1.5, 2],
  ['250ms', 250],
  ['0s', 0],
  ['30s', 30_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['2 h', 7_200_000],
  ['3d', 259_200_000],
  [limits.durationMs, 8_640_000_000_000_000],
  ['100000000d', 8_640_000_000_000_000],
])('given the duration %j, when it is read, then it has %d milliseconds', (duration, expected) => {
  expect(durationMs(duration)).toBe(expected);
  expect(Duration.safeParse(duration).success).toBe(true);
});

test.each<unknown>([
  -1,
  -0.4,
  Number.NaN,
  Infinity,
  limits.durationMs + 1,
  '100000001d',
  `${'9'.repeat(400)}d`,
  '',
  '5',
  's',
  '-5s',
  '5 seconds',
  '5S',
  '1e3s',
  '.5s',
  '5s ',
  ' 5s',
  '5s\n',
  '1_000ms',
])('given the duration %j, when it is read, then it is refused by name', (given) => {
  const duration = given as Duration;
  expect(refusal(() => durationMs(duration))).toEqual({ code: 'BAD_DURATION', given });
  expect(Duration.safeParse(duration).success).toBe(false);
});

test.each([
  [null, 'object'],
  [undefined, 'undefined'],
  [['5s'], 'object'],
  [Object.create(null), 'object'],
  [5n, 'bigint'],
])(
  'given %o, which is no duration at all, when it is read, then its type is named',
  (given, type) => {
    const duration = given as unknown as Duration;
    expect(refusal(() => durationMs(duration))).toEqual({ code: 'BAD_DURATION', given: type });
  },
);

test('property: a duration is a whole number that any time can be added to', () => {
  const units = fc.constantFrom('ms', 's', 'm', 'h', 'd');
  const texts = fc.tuple(fc.nat(1_000_000), units).map(([count, unit]) => `${count}${unit}`);
  const numbers = fc.double({ min: 0, max: limits.durationMs, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(texts, numbers), (duration) => {
      const ms = durationMs(duration);
      expect(Number.isSafeInteger(ms) && !Object.is(ms, -0)).toBe(true);
      expect(Number.isSafeInteger(ms + Date.UTC(2100))).toBe(true);
      expect(durationMs(ms)).toBe(ms);
    }),
  );
});

test('property: larger units are multiples of smaller ones', () => {
  fc.assert(
    fc.property(fc.nat(1_000), (count) => {
      expect(durationMs(`${count}s`)).toBe(durationMs(`${count * 1_000}ms`));
      expect(durationMs(`${count}m`)).toBe(durationMs(`${count * 60}s`));
      expect(durationMs(`${count}h`)).toBe(durationMs(`${count * 60}m`));
      expect(durationMs(`${count}d`)).toBe(durationMs(`${count * 24}h`));
    }),
  );
});
