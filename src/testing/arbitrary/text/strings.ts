/**
 * Strings of a shape: by length, format, patterns, and all of them together as far as that goes.
 * What does not satisfy them all is left to the sieve.
 */
import fc from 'fast-check';
import type { Shape } from '../shape.ts';
import { formatted } from './formats.ts';
import { type Length, type Literals, literalsOf, matching } from './patterns.ts';

/** How much longer than needed strings are, at most. */
const LONGER = 8;

/** Strings of a shape. */
export function stringsOf(shape: Shape): fc.Arbitrary<string> {
  const length = { min: shape.lengthMin, max: shape.lengthMax };
  const literals = literalsOf(shape.patterns);
  const known = formatted(shape.format, length.min);
  const drawn = [
    ...(known === undefined ? [] : [known]),
    ...literals.others.flatMap((pattern) => matching(pattern, length)),
  ];
  const bodies = drawn.length === 0 ? plain(length, literals) : drawn;
  return fc.oneof(...bodies.flatMap((body) => embedded(body, literals)));
}

/** Strings of a length; mostly of ASCII, for those who read stories. */
function plain({ min, max }: Length, literals: Literals): readonly fc.Arbitrary<string>[] {
  const known = literals.start.length + literals.inside.length + literals.end.length;
  const minLength = Math.max(0, min - known);
  const maxLength = Math.max(minLength, Math.min(max - known, minLength + LONGER));
  const size = 'max';
  const ascii = fc.string({ minLength, maxLength, size });
  if (min > 0 && min === max) return [ascii];
  const wide = fc.string({ minLength, maxLength, size, unit: 'grapheme' });
  const both = fc.oneof({ arbitrary: ascii, weight: 15 }, { arbitrary: wide, weight: 1 });
  return [both];
}

/**
 * Strings with what they have to begin with, end with and have inside: around them, or in place of
 * their own beginning and end, as `@example.com` takes the place of an address's host.
 */
function embedded(body: fc.Arbitrary<string>, literals: Literals): readonly fc.Arbitrary<string>[] {
  const { start, inside, end } = literals;
  if (start + inside + end === '') return [body];
  return [
    body.map((text) => start + inside + text + end),
    body.map((text) => start + afterLast(text, start.at(-1)) + inside + end),
    body.map((text) => start + inside + beforeFirst(text, end[0]) + end),
    body,
  ];
}

const afterLast = (text: string, letter: string | undefined): string =>
  letter === undefined ? text : text.slice(text.lastIndexOf(letter) + 1);

const beforeFirst = (text: string, letter: string | undefined): string =>
  letter === undefined || !text.includes(letter) ? text : text.slice(0, text.indexOf(letter));
