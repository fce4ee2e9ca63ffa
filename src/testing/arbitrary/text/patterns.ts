/**
 * Patterns: strings that match a regular expression. What `fc.stringMatching` can't do (look-ahead,
 * word borders, back-references) is left out of the expression; the schema tells who still matches.
 */
import fc from 'fast-check';

/** How long strings are. */
export interface Length {
  readonly min: number;
  readonly max: number;
}

/** Arbitraries that come near to a pattern, the nearest first; none: it says too much. */
export function matching(source: string, length: Length): readonly fc.Arbitrary<string>[] {
  const exact = [...compiled(source, length)];
  return exact.length > 0 ? exact : [...compiled(weakened(source), length)];
}

function compiled(source: string, { min, max }: Length): readonly fc.Arbitrary<string>[] {
  const sizes = min > 8 ? (['medium', 'large'] as const) : (['small'] as const);
  const limit = Number.isFinite(max) ? { maxLength: max } : {};
  const flags = source.includes('\\p{') ? ['u'] : [''];
  return flags.flatMap((flag) =>
    sizes.flatMap((size) => {
      try {
        return [fc.stringMatching(new RegExp(source, flag), { size, ...limit })];
      } catch {
        return [];
      }
    }),
  );
}

/** The pattern without what only excludes strings. */
function weakened(source: string): string {
  return withoutAssertions(source).replace(/\\[bB](?![^[]*\])/g, '');
}

/** Leaves out `(?=...)`, `(?!...)`, `(?<=...)`, `(?<!...)`, with all that is nested in them. */
function withoutAssertions(source: string): string {
  const found = /\(\?<?[=!]/.exec(source);
  if (found === null) return source;
  const end = closing(source, found.index);
  return withoutAssertions(source.slice(0, found.index) + source.slice(end + 1));
}

/** Where the group that opens at `start` closes. */
function closing(source: string, start: number): number {
  let open = 0;
  let isClass = false;
  for (let at = start; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === '\\') at += 1;
    else if (isClass) isClass = letter !== ']';
    else if (letter === '[') isClass = true;
    else if (letter === '(') open += 1;
    else if (letter === ')') open -= 1;
    if (open === 0) return at;
  }
  return source.length;
}

/** What a string begins with, ends with and has inside, as far as patterns say that literally. */
export interface Literals {
  readonly start: string;
  readonly inside: string;
  readonly end: string;
  /** Patterns that say something else. */
  readonly others: readonly string[];
}

/** Splits patterns into what they say literally and the others. */
export function literalsOf(patterns: readonly string[]): Literals {
  let literals: Literals = { start: '', inside: '', end: '', others: [] };
  for (const pattern of patterns) {
    const [, begin = '', body = '', end = ''] = /^(\^?|\.\*)(.*?)(\.\*|\$?)$/s.exec(pattern) ?? [];
    const text = literalIn(body);
    const { start, inside, others } = literals;
    if (text === undefined || (begin === '^' && end === '$')) {
      literals = { ...literals, others: [...others, pattern] };
    } else if (begin === '^') literals = { ...literals, start: longest(start, text) };
    else if (end === '$') literals = { ...literals, end: longest(literals.end, text) };
    else literals = { ...literals, inside: inside + text };
  }
  return literals;
}

const longest = (left: string, right: string): string =>
  left.length < right.length ? right : left;

/** The text that a pattern matches, when it matches just one. */
function literalIn(body: string): string | undefined {
  const isLiteral = /^(?:[^\\^$.*+?()[\]{}|]|\\[^a-zA-Z0-9])*$/.test(body);
  return isLiteral ? body.replaceAll(/\\(.)/gs, '$1') : undefined;
}
