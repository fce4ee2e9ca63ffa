/** Children of large families: they say what a plain object would say, and never change. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import {
  type Children,
  isFamily,
  lookup,
  withChildren,
  withoutChild,
} from '../../../src/engine/compiled/family.ts';

const machine = createMachine({ id: 'child' });
const child = (id: string): Children[string] => createActor(machine, { id });

const many = (count: number): Children =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, child(`c${n}`)]));

interface Change {
  readonly id: string;
  readonly stays: boolean;
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ id: fc.integer({ min: 0, max: 90 }).map((n) => `c${n}`), stays: fc.boolean() }),
  { maxLength: 120 },
);

/** Children by id, in the order of the ids: how a family orders them is its own affair. */
const sorted = (children: Children): [string, Children[string]][] =>
  Object.entries(children).sort(([a], [b]) => (a < b ? -1 : 1));

test('property: a family says what a plain object would say, and stays as it was', () => {
  const holds = (count: number, given: readonly Change[]): void => {
    let family = withChildren(many(count), {});
    let plain = { ...family };
    const before: [Children, Children][] = [];
    for (const { id, stays } of given) {
      before.push([family, { ...plain }]);
      const added = { [id]: child(id) };
      family = stays ? withChildren(family, added) : withoutChild(family, id);
      plain = { ...plain, ...added };
      if (!stays) delete plain[id];
    }
    for (const [one, expected] of [...before, [family, plain] as const]) {
      expect(sorted(one)).toEqual(sorted(expected));
    }
    for (const id of ['c0', 'c40', 'c90', 'other', 'toString']) {
      expect(family[id]).toBe(plain[id]);
      expect(id in family).toBe(id in plain);
    }
  };
  fc.assert(fc.property(fc.constantFrom(0, 63, 64, 80), changes, holds), { numRuns: 60 });
});

test('few children are a plain object, many are not', () => {
  expect(isFamily(withChildren(many(63), {}))).toBe(false);
  expect(isFamily(withChildren(many(64), {}))).toBe(true);
});

test('given a family, when somebody writes to it, then nothing changes', () => {
  const family = withChildren(many(64), {});
  expect(Reflect.set(family, 'c1', child('c1'))).toBe(false);
  expect(Reflect.deleteProperty(family, 'c1')).toBe(false);
  expect(Reflect.defineProperty(family, 'c99', { value: 1 })).toBe(false);
  expect(Object.keys(family)).toHaveLength(64);
});

test('through a lookup all are seen, and none is copied', () => {
  const seen = lookup(withChildren(many(64), {}));
  expect(seen.c7?.id).toBe('c7');
  expect({ ...seen }).toEqual({});
});
