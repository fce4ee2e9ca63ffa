/**
 * Type tests of the words of type tests: they tell types apart that assignment does not.
 */
import type { Equal, Expect, ExpectNot } from './equal.ts';

export type Same = [
  Expect<Equal<string, string>>,
  Expect<Equal<{ readonly a: 1; b?: string }, { readonly a: 1; b?: string }>>,
  Expect<Equal<never, never>>,
];

export type Different = [
  ExpectNot<Equal<string, 'a'>>,
  ExpectNot<Equal<{ a: 1 }, { readonly a: 1 }>>,
  ExpectNot<Equal<{ a?: 1 }, { a: 1 | undefined }>>,
  ExpectNot<Equal<ReturnType<typeof JSON.parse>, string>>,
  ExpectNot<Equal<unknown, never>>,
];

// @ts-expect-error: a statement that is false does not compile
export type Refused = Expect<Equal<string, number>>;
