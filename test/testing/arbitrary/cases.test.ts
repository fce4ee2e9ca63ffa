/** `arbitraryOf`, case by case: formats, recursion, overrides, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { z as mini } from 'zod/mini';
import type { Schema } from '../../../src/protocol/index.ts';
import { arbitraryOf, type Overrides } from '../../../src/testing/arbitrary/index.ts';

const sampleOf = (schema: z.ZodType, overrides: Overrides = {}): readonly unknown[] =>
  fc.sample(arbitraryOf(schema, { overrides }), { seed: 1, numRuns: 50 });

/** What a value that fails always shrinks to. */
const smallestOf = (schema: z.ZodType): unknown =>
  fc.check(
    fc.property(arbitraryOf(schema), () => false),
    { seed: 1 },
  ).counterexample?.[0];

const noArbitrary = (path: string, reason: RegExp | string) =>
  expect.objectContaining({
    code: 'NO_ARBITRARY',
    data: { path, reason: expect.stringMatching(reason) },
  });

const badOption = (field: string) =>
  expect.objectContaining({ code: 'BAD_OPTION', data: expect.objectContaining({ field }) });

interface Tree {
  readonly left?: Tree | undefined;
  readonly children: readonly Tree[];
}

const Tree: z.ZodType<Tree, Tree> = z.lazy(() =>
  z.object({ left: Tree.optional(), children: z.array(Tree) }),
);

const heightOf = (tree: Tree): number =>
  1 + Math.max(0, ...[...tree.children, ...(tree.left ? [tree.left] : [])].map(heightOf));

describe('what is drawn', () => {
  test('given a schema, then values shrink to small ones', () => {
    const schema = z.object({ name: z.string().min(2), n: z.int().min(5), tags: z.array(z.any()) });
    const smallest = smallestOf(schema);
    expect(smallest).toEqual({ name: expect.stringMatching(/^..$/), n: 5, tags: [] });
    expect(smallestOf(z.union([z.array(z.string()), z.string().nullable()]))).toBeNull();
    expect(smallestOf(Tree)).toEqual({ children: [] });
  });

  test('given a recursive schema, then values end, and some are deep', () => {
    const heights = fc.sample(arbitraryOf(Tree), { seed: 1, numRuns: 100 }).map(heightOf);
    expect(Math.max(...heights)).toBeLessThan(8);
    expect(Math.max(...heights)).toBeGreaterThan(2);
  });

  test.for([
    ['an address', z.email()],
    ['a link', z.url()],
    ['a host', z.hostname()],
  ] as const)('given %s of some length, then it is found without a search', ([, schema]) => {
    let parsed = 0;
    const counted = schema.min(30).refine(() => {
      parsed += 1;
      return true;
    });
    for (const value of sampleOf(counted)) expect(String(value).length).toBeGreaterThanOrEqual(30);
    // Next to the format its pattern is drawn, which seldom fits.
    expect(parsed).toBeLessThan(500);
  });

  test('given bounds that leave no small numbers, then the ones next to them are drawn', () => {
    const schema = z.int().min(5e9).max(6e9);
    expect(sampleOf(schema)).toContain(5e9);
    expect(sampleOf(schema)).toContain(6e9);
  });

  test('given optional fields, then they are there and not there; nothing is undefined', () => {
    const drawn = sampleOf(z.object({ a: z.string().optional(), b: z.string().default('x') }));
    const keys = new Set(drawn.map((value) => Object.keys(Object(value)).join()));
    expect([...keys].sort()).toEqual(['', 'a', 'a,b', 'b']);
  });

  test('given a transformation, then the input is drawn', () => {
    const schema = z
      .string()
      .transform((text) => text.length)
      .pipe(z.number().min(2));
    for (const value of sampleOf(schema)) expect(String(value).length).toBeGreaterThanOrEqual(2);
    expect(sampleOf(z.stringbool())).toContain('y');
  });

  test('given a schema of zod/mini, then it is a schema like any other', () => {
    const schema = mini.object({ a: mini.optional(mini.int()) });
    for (const value of fc.sample(arbitraryOf(schema), 20))
      expect(() => schema.parse(value)).not.toThrow();
  });

  test('given keys that may be `__proto__`, then that is never drawn', () => {
    const schema = z.record(z.string().regex(/^(__proto__|x)$/), z.int());
    const keys = new Set(sampleOf(schema).flatMap((value) => Object.keys(Object(value))));
    expect([...keys]).toEqual(['x']);
  });

  test('given a refinement that one in a hundred passes, then values are found', () => {
    const schema = z
      .int()
      .min(0)
      .max(10_000)
      .refine((n) => n % 101 === 17);
    for (const value of sampleOf(schema)) expect(Number(value) % 101).toBe(17);
  });

  test('given keys that are distinct by a refinement, then lists of them are found', () => {
    const schema = z
      .array(z.int().min(0).max(5))
      .length(4)
      .refine((list) => new Set(list).size === 4);
    expect(sampleOf(schema)).toHaveLength(50);
  });
});

describe('overrides', () => {
  const order = z.object({
    at: z.date(),
    items: z.array(z.object({ price: z.bigint(), pair: z.tuple([z.string(), z.date()]) })),
    byName: z.record(z.string(), z.date()),
  });
  const dates = fc.constant(new Date(0));

  test('given paths, then values are drawn there', () => {
    const overrides = {
      at: dates,
      'items.*.price': fc.bigInt(1n, 9n),
      'items.*.pair.1': dates,
      'byName.*': dates,
    };
    for (const value of sampleOf(order, overrides)) expect(order.parse(value)).toEqual(value);
  });

  test('given schemas, then values are drawn wherever they stand, also with checks', () => {
    const When = z.date();
    const schema = z.object({
      at: When.optional(),
      later: z.array(When.describe('later')).min(1),
      past: When.max(new Date(5)),
    });
    const overrides = new Map([[When, fc.constantFrom(new Date(1), new Date(9))]]);
    const drawn = sampleOf(schema, overrides).map((value) => schema.parse(value));
    expect(new Set(drawn.map(({ past }) => past.getTime()))).toEqual(new Set([1]));
  });

  test('given one for the whole, then it is drawn', () => {
    expect(sampleOf(z.date(), { '': dates })[0]).toEqual(new Date(0));
  });

  test('given one whose values the schema does not take, then it says so', () => {
    const drawn = arbitraryOf(z.object({ a: z.int() }), { overrides: { a: fc.constant('no') } });
    expect(() => fc.sample(drawn, 1)).toThrow(noArbitrary('a', /none satisfied/));
  });

  test.each([
    ['a path that is not there', { 'items.0.price': dates }, "overrides['items.0.price']"],
    ['a misspelt path', { att: dates }, "overrides['att']"],
    ['a schema that is not there', new Map([[z.string(), dates]]), 'overrides'],
  ])('given %s, then it is refused', (_, overrides, field) => {
    expect(() => arbitraryOf(order, { overrides })).toThrow(badOption(field));
  });

  test('given what is no arbitrary, or no schema, then it is refused', () => {
    const values: Overrides = JSON.parse('{ "at": "now" }');
    expect(() => arbitraryOf(order, { overrides: values })).toThrow(badOption("overrides['at']"));
    const keyed: Overrides = new Map(JSON.parse('[[1, 2]]'));
    expect(() => arbitraryOf(order, { overrides: keyed })).toThrow(
      badOption('a value of overrides'),
    );
  });
});

describe('what can not be drawn', () => {
  const Endless = z.object({
    get self() {
      return Endless;
    },
  });

  const Self: z.ZodType = z.lazy(() => Self);

  test.each<[string, z.ZodType, string, RegExp]>([
    ['a date', z.object({ a: z.array(z.date()) }), 'a.*', /z\.date/],
    ['a bigint', z.object({ a: z.bigint().optional() }), 'a', /z\.bigint/],
    ['a map', z.map(z.string(), z.string()), '(root)', /z\.map/],
    ['a class', z.tuple([z.instanceof(Date)]), '0', /z\.custom/],
    ['a literal bigint', z.record(z.string(), z.literal(1n)), '*', /literal/],
    ['undefined', z.object({ a: z.undefined() }), 'a', /z\.undefined/],
    ['nothing', z.object({ a: z.never() }), '(root)', /has none/],
    ['no member', z.enum([]), '(root)', /no value/],
    ['no integer', z.int().min(1.2).max(1.8), '(root)', /no value/],
    ['contrary bounds', z.string().and(z.number()), '(root)', /no value/],
    ['what never ends', Endless, '(root)', /end/],
    ['what is itself', Self, '(root)', /end/],
    ['what is itself in a field', z.object({ a: z.array(Self).min(1) }), '(root)', /end/],
  ])('given %s, then the path is named at once', (_, schema, path, reason) => {
    expect(() => arbitraryOf(schema)).toThrow(noArbitrary(path, reason));
  });

  test.each<[string, z.ZodType, string, RegExp]>([
    ['a rare refinement', z.object({ a: z.string().refine((t) => t === 'zebra') }), 'a', /none/],
    ['one of the whole', z.array(z.int()).refine(() => false), '(root)', /none/],
    ['a pattern that refers back', z.string().regex(/^(\w{4})-\1$/), '(root)', /none/],
    ['an asynchronous check', z.array(z.string().refine(async () => true)).min(1), '*', /async/],
    ['a check that throws', z.string().refine(() => JSON.parse('{')), '(root)', /none/],
  ])('given %s, then drawing ends and names the path', (_, schema, path, reason) => {
    const drawn = arbitraryOf(schema);
    expect(() => fc.sample(drawn, 3)).toThrow(noArbitrary(path, reason));
  });

  test('given a Standard Schema of somebody else, or none, then it is refused', () => {
    const foreign: Schema = {
      '~standard': { version: 1, vendor: 'valibot', validate: (value) => ({ value }) },
    };
    expect(() => arbitraryOf(foreign)).toThrow(noArbitrary('(root)', /valibot/));
    const none: Schema = JSON.parse('{}');
    expect(() => arbitraryOf(none)).toThrow(noArbitrary('(root)', /no schema/));
  });
});
