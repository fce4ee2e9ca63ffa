/** Equality of JSON values, and the canonical text that decides it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, checkJson, equalJson } from '../../src/protocol/index.ts';
import { jsonValues } from './json-values.ts';

/** Values that are often equal. */
const few = fc.oneof(
  fc.constantFrom(null, 0, 1, '', '0', 'a', true, false),
  fc.array(fc.constantFrom(null, 0, 'a'), { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('a', 'b', '1', '0'), fc.constantFrom(null, 0, 'a', []), {
    maxKeys: 2,
  }),
);

/** The same value with its keys in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item)]));
}

test('property: a value equals itself, its round trip, and itself in another order of keys', () => {
  fc.assert(
    fc.property(jsonValues, (value) => {
      for (const same of [value, shuffled(value), JSON.parse(JSON.stringify(value))]) {
        expect(equalJson(value, same)).toBe(true);
        expect(canonicalJson(same)).toBe(canonicalJson(value));
      }
      expect(equalJson(value, checkJson(value, 'it'))).toBe(true);
    }),
  );
});

test('property: values are equal exactly when their canonical texts are', () => {
  const pairs = fc.oneof(fc.tuple(few, few), fc.tuple(jsonValues, jsonValues));
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      expect(equalJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(equalJson(a, b)).toBe(equalJson(b, a));
    }),
    { numRuns: 2_000 },
  );
});

test('property: one change makes values different', () => {
  fc.assert(
    fc.property(jsonValues, jsonValues, (value, other) => {
      fc.pre(!equalJson(value, other));
      expect(equalJson([value], [other])).toBe(false);
      expect(equalJson({ a: value }, { a: other })).toBe(false);
      expect(equalJson({ a: value }, { b: value })).toBe(false);
      expect(equalJson([value], [value, other])).toBe(false);
    }),
  );
});

test('property: a canonical text is JSON of an equal value, and its own canonical text', () => {
  fc.assert(
    fc.property(jsonValues, (value) => {
      const text = canonicalJson(value);
      expect(equalJson(JSON.parse(text), value)).toBe(true);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test('given undefined properties, when values are compared, then they do not count', () => {
  expect(equalJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(equalJson({ a: undefined }, { b: undefined })).toBe(true);
  expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}');
  expect(equalJson({ a: null }, {})).toBe(false);
});

test('given undefined, when it is asked for its canonical text, then that is empty', () => {
  expect(canonicalJson(undefined)).toBe('');
  expect(equalJson(undefined, null)).toBe(false);
});

test.each([
  [0, -0, true],
  [0, '0', false],
  [[], {}, false],
  [{ 0: 1 }, [1], false],
  [null, {}, false],
  [[1, 2], [2, 1], false],
])('given %j and %j, when they are compared, then it is %j', (a, b, expected) => {
  expect(equalJson(a, b)).toBe(expected);
  expect(canonicalJson(a) === canonicalJson(b)).toBe(expected);
});

test('given keys of any kind, when the text is canonical, then they are sorted', () => {
  expect(canonicalJson({ b: { d: 1, c: 2 }, a: [{ z: 1, y: 2 }] })).toBe(
    '{"a":[{"y":2,"z":1}],"b":{"c":2,"d":1}}',
  );
});
