/** Schemas: any Standard Schema, ours through zod or written by hand. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isSchema, parse, type Schema } from '../../src/protocol/index.ts';
import { refusal } from '../refusal.ts';

/** A schema by hand, around what its `validate` does. */
const schema = (validate: Schema['~standard']['validate']): Schema => ({
  '~standard': { version: 1, vendor: 'test', validate },
});

test('given a schema that transforms, when a value fits, then the result is what it gives', () => {
  const lengths = z.string().transform((text) => text.length);
  expect(parse(lengths, 'four', 'input')).toBe(4);
});

test('given a value that does not fit, when it is parsed, then every issue has its path', () => {
  const Person = z.object({ name: z.string(), tags: z.array(z.string()) });
  const issues = refusal(() => parse(Person, { tags: ['a', 1] }, 'input of finder'));
  expect(issues).toMatchObject({
    code: 'INVALID',
    what: 'input of finder',
    issues: [{ path: 'name' }, { path: 'tags.1' }],
  });
});

test('given paths of any kind, when issues are told, then they are plain texts', () => {
  const path = ['a', 0, { key: 'b' }, Symbol.for('c')];
  const odd = schema(() => ({ issues: [{ message: 'is odd', path }, { message: 'whole' }] }));
  expect(refusal(() => parse(odd, 1, 'input')).issues).toEqual([
    { path: 'a.0.b.Symbol(c)', message: 'is odd' },
    { path: '', message: 'whole' },
  ]);
});

test.each([
  ['a promise', async () => ({ value: 1 })],
  ['a promise that rejects', () => Promise.reject(new Error('late'))],
  ['a promise of its own kind', () => ({ then: () => undefined }) as unknown as Promise<never>],
])(
  'given a schema that answers with %s, when it is used, then it is refused',
  (_name, validate) => {
    expect(refusal(() => parse(schema(validate), 1, 'input'))).toEqual({
      code: 'SCHEMA_ASYNC',
      what: 'input',
    });
  },
);

test('given a zod schema with an asynchronous check, when it is used, then it is refused', () => {
  const late = z.string().refine(async () => true);
  expect(refusal(() => parse(late, 'a', 'input'))).toMatchObject({ code: 'SCHEMA_ASYNC' });
});

test('given a schema that throws, when it is used, then the value does not fit', () => {
  const throwing = schema(() => {
    throw new Error('no such word');
  });
  expect(refusal(() => parse(throwing, 'a', 'input'))).toMatchObject({
    code: 'INVALID',
    issues: [{ path: '', message: 'the schema threw: no such word' }],
  });
});

test.each([
  [null, 'the schema answered null'],
  [undefined, 'the schema answered undefined'],
  [7, 'the schema answered 7'],
  [{ issues: 'too long' }, 'the schema answered issues that are no array'],
  [{ issues: [null] }, 'the schema gave no message'],
  [{ issues: [{ path: null, message: Object.create(null) }] }, 'a value that has no text'],
])(
  'given a schema that answers %j, when it is used, then the value does not fit',
  (answer, said) => {
    const odd = schema(() => answer as never);
    expect(refusal(() => parse(odd, 'a', 'input'))).toMatchObject({
      code: 'INVALID',
      issues: [{ path: '', message: said }],
    });
  },
);

test('given a schema that throws what has no text, then the value does not fit', () => {
  const throwing = schema(() => {
    throw Object.create(null);
  });
  expect(refusal(() => parse(throwing, 'a', 'input'))).toMatchObject({
    code: 'INVALID',
    issues: [{ path: '', message: 'the schema threw: a value that has no text' }],
  });
});

test('given a zod schema that throws, when it is used, then it looks asynchronous', () => {
  const throwing = z.string().transform(() => {
    throw new Error('no such word');
  });
  expect(refusal(() => parse(throwing, 'a', 'input'))).toMatchObject({ code: 'SCHEMA_ASYNC' });
});

test('given any value, when it is asked whether it is a schema, then only schemas are', () => {
  expect(isSchema(z.string())).toBe(true);
  expect(isSchema(schema(() => ({ value: 1 })))).toBe(true);
  expect(
    isSchema(
      Object.assign(
        () => 1,
        schema(() => ({ value: 1 })),
      ),
    ),
  ).toBe(true);
  const others = [
    null,
    undefined,
    'text',
    {},
    { '~standard': null },
    { '~standard': { version: 1 } },
  ];
  const newer = { '~standard': { version: 2, vendor: 'x', validate: () => ({ value: 1 }) } };
  for (const other of [...others, newer]) expect(isSchema(other)).toBe(false);
});
