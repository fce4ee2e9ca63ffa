/** JSON values: accepted is exactly what survives; what is refused is named with its place. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkJson, isTroupeError, limits } from '../../src/protocol/index.ts';
import { hasPrototypeKey, jsonValues } from './json-values.ts';

const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** What is refused, as `<what was found> at <path>`; undefined when it was accepted. */
function refusal(value: unknown): string | undefined {
  try {
    checkJson(value, 'payload');
    return undefined;
  } catch (error) {
    if (!isTroupeError(error, 'NOT_JSON')) throw error;
    expect(error.data.what).toBe('payload');
    return `${error.data.found} at ${error.data.path}`;
  }
}

/** The value after JSON text and back; undefined when there is no text. */
function roundTrip(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

/** The value as it may look after JSON: no undefined properties, no -0, ordinary prototypes. */
function forgiving(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return Array.from({ ...value, length: value.length }, forgiving);
  if (value === null || typeof value !== 'object') return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, forgiving(item)]));
}

test('property: a value is accepted exactly when it survives JSON text', () => {
  fc.assert(
    fc.property(fc.oneof(anything, jsonValues), (value) => {
      fc.pre(!hasPrototypeKey(value));
      const survives = value === undefined || isDeepStrictEqual(roundTrip(value), forgiving(value));
      expect(refusal(value) === undefined).toBe(survives);
    }),
    { numRuns: 3_000 },
  );
});

test('property: what is accepted equals its own round trip, to the last property', () => {
  fc.assert(
    fc.property(fc.oneof(jsonValues, anything), (value) => {
      fc.pre(value !== undefined && refusal(value) === undefined);
      const copy = checkJson(value, 'payload');
      expect(isDeepStrictEqual(copy, roundTrip(copy))).toBe(true);
      expect(isDeepStrictEqual(copy, roundTrip(value))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('property: the copy shares no object with the original', () => {
  fc.assert(
    fc.property(jsonValues, (value) => {
      const shared = objectsIn(value).filter((one) =>
        objectsIn(checkJson(value, 'it')).includes(one),
      );
      expect(shared).toEqual([]);
    }),
  );
});

function objectsIn(value: unknown): object[] {
  if (value === null || typeof value !== 'object') return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false });
const hiddenItem = Object.defineProperty([1, 2], 1, { enumerable: false });
const gettingItem = Object.defineProperty([1], 1, { get: () => Number.NaN, enumerable: true });
const cycle: Record<string, unknown> = { name: 'root' };
cycle.below = { list: [cycle] };
const cyclicArray: unknown[] = [];
cyclicArray.push(cyclicArray);
class Point {
  readonly x = 1;
}

test.each([
  ['NaN', Number.NaN, 'NaN at (the value itself)'],
  ['Infinity', { a: [1, Infinity] }, 'Infinity at .a[1]'],
  ['a big integer', { a: 1n }, 'a bigint at .a'],
  ['a function', { a: { b: () => 1 } }, 'a function at .a.b'],
  ['a symbol', [Symbol('s')], 'a symbol at [0]'],
  ['undefined in an array', [1, undefined], 'undefined at [1]'],
  ['a hole', Object.assign([], { 1: 'b' }), 'a hole at [0]'],
  ['a hole hidden by an extra key', Object.assign([], { 1: 'b', x: 1 }), 'a hole at [0]'],
  [
    'an array with extra keys',
    { list: Object.assign([1], { x: 1 }) },
    'an array with extra keys at .list',
  ],
  [
    'an array with a symbol',
    Object.assign([1], { [Symbol('s')]: 1 }),
    'an array with extra keys at (the value itself)',
  ],
  ['a match of a pattern', { found: 'abc'.match(/b/) }, 'an array with extra keys at .found'],
  [
    'a subclass of Array',
    new (class List extends Array {})(),
    'a subclass of Array at (the value itself)',
  ],
  ['a hidden item', hiddenItem, 'a hidden property at [1]'],
  ['an item that is got', gettingItem, 'a getter at [1]'],
  ['a map', { a: new Map() }, 'an instance of Map at .a'],
  ['a set', new Set([1]), 'an instance of Set at (the value itself)'],
  ['a date', [new Date(0)], 'an instance of Date at [0]'],
  ['bytes', { a: new Uint8Array(2) }, 'an instance of Uint8Array at .a'],
  ['an error', { a: new Error('x') }, 'an instance of Error at .a'],
  ['a promise', { a: Promise.resolve(1) }, 'an instance of Promise at .a'],
  ['a boxed number', { a: Object(1) }, 'an instance of Number at .a'],
  ['an instance', { a: new Point() }, 'an instance of Point at .a'],
  [
    'an object over another',
    Object.create({ a: 1 }),
    'an instance of Object at (the value itself)',
  ],
  [
    'an instance without a class',
    Object.create(Object.create(null)),
    'an instance of a class at (the value itself)',
  ],
  ['a symbol key', { a: { [Symbol('s')]: 1 } }, 'a symbol key at .a'],
  ['a hidden property', { a: hidden }, 'a hidden property at .a.b'],
  ['a prototype key', JSON.parse('{"a":{"__proto__":1}}'), 'a prototype key at .a.__proto__'],
  ['a toJSON function', { a: { toJSON: () => 1 } }, 'a function at .a.toJSON'],
  ['a lone surrogate', { a: ['\ud800'] }, 'a string with a lone surrogate at .a[0]'],
  ['a cycle', cycle, 'a cycle at .below.list[0]'],
  ['a cyclic array', cyclicArray, 'a cycle at [0]'],
])(
  'given %s, when it is checked, then it is refused by name and place',
  (_name, value, expected) => {
    expect(refusal(value)).toBe(expected);
  },
);

test('given nesting as deep as allowed, when it is one deeper, then it is refused', () => {
  expect(refusal(nested(limits.jsonDepth))).toBeUndefined();
  expect(refusal(nested(limits.jsonDepth + 1))).toMatch(/^nesting deeper than 500 at \[0\]\[0\]/);
  expect(refusal(nested(5_000))).toMatch(/^nesting deeper than 500 at /);
});

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

test('given one object at two places, when it is checked, then it is no cycle', () => {
  const shared = { a: 1 };
  expect(checkJson({ left: shared, right: [shared] }, 'payload')).toEqual({
    left: { a: 1 },
    right: [{ a: 1 }],
  });
});

test('given -0, when it is checked, then it is 0, as in JSON text', () => {
  expect(Object.is(checkJson(-0, 'payload'), 0)).toBe(true);
  expect(checkJson([-0, { a: -0 }], 'payload')).toStrictEqual([0, { a: 0 }]);
});

test('given undefined, when it is whole or a property, then it is accepted and left out', () => {
  expect(checkJson(undefined, 'payload')).toBeUndefined();
  expect(checkJson({ a: undefined, b: 1 }, 'payload')).toStrictEqual({ b: 1 });
});

test('given an object without prototype, when it is checked, then its copy has one', () => {
  const value = Object.assign(Object.create(null), { a: 1 });
  expect(checkJson(value, 'payload')).toStrictEqual({ a: 1 });
});

test('given names of inherited members as keys, when they are checked, then they are data', () => {
  const value = { toString: 1, constructor: [2], hasOwnProperty: null, toJSON: 'text' };
  expect(isDeepStrictEqual(checkJson(value, 'payload'), value)).toBe(true);
});

test('given a getter, when it is checked, then it is read once, and the copy is plain', () => {
  let reads = 0;
  const value = {
    get count() {
      reads += 1;
      return reads;
    },
  };
  const copy = checkJson(value, 'payload');
  expect(copy).toStrictEqual({ count: 1 });
  expect(Object.getOwnPropertyDescriptor(copy, 'count')).toHaveProperty('value', 1);
  expect(reads).toBe(1);
});

test('given a getter that gives no JSON or throws, when it is checked, then it is refused', () => {
  const badGetters = [
    {
      a: {
        get b() {
          return Number.NaN;
        },
      },
    },
    {
      a: {
        get b() {
          throw new Error('no');
        },
      },
    },
  ];
  for (const value of badGetters) expect(refusal(value)).toBe('a getter at .a.b');
});

test('given a proxy, when it changes while it is looked at, then the copy is what counts', () => {
  let reads = 0;
  const fickle = new Proxy({ a: 1 }, { get: () => (reads += 1) });
  expect(checkJson(fickle, 'payload')).toStrictEqual({ a: 1 });
  const turning = new Proxy({ a: 1 }, { get: () => () => 1 });
  expect(refusal(turning)).toBe('something that changes at (the value itself)');
  const throwing = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  expect(refusal({ a: throwing })).toBe('an object that throws when it is looked at at .a');
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(refusal(proxy)).toBe('an object that throws when it is looked at at (the value itself)');
});
