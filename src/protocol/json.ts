/**
 * JSON values: what may enter a mailbox, an input, a result or a snapshot.
 *
 * The check is stricter than `JSON.stringify`, which drops or changes silently what it cannot say
 * (NaN becomes null, a Map becomes {}). Idea: one pass reads each property once, into a copy, and
 * looks for nothing but yes or no; only a refused value is walked again to name the part. The copy
 * is what counts from then on: nobody who holds the original, a getter or a proxy can change it.
 * Invariant: what `checkJson` returns is equal, to the last property, to its own round trip
 * through JSON text.
 */
import { troupeError } from './errors.ts';
import { faultOf, isRefText, refMark } from './json-fault.ts';
import { limits } from './limits.ts';

/** A JSON value. Properties that are `undefined` are allowed and left out of the text. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * Checks that `value` survives JSON unchanged, and returns a copy of it; use the copy.
 * Undefined is allowed as the whole value, and as a property, which the copy lacks; it is refused
 * inside arrays. As in the text, -0 becomes 0. A getter is read once, into the copy.
 * Refused are also hidden and symbol properties, `__proto__`, and texts with lone surrogates, which
 * survive JSON but not the readers of RFC 7493.
 * @param what names the value in the error, such as `input of finder`.
 * @throws TroupeError `NOT_JSON` with the path of the first offending part.
 */
export function checkJson(value: unknown, what: string): Json | undefined {
  if (value === undefined) return undefined;
  let thrown: unknown;
  try {
    const copy = copied(value, 0);
    if (copy !== refused) return copy;
  } catch (error) {
    thrown = error;
  }
  throw troupeError('NOT_JSON', { what, ...faultOf(value) }, thrown);
}

const refused = Symbol('refused');

type Copied = Json | typeof refused;

function copied(value: unknown, depth: number): Copied {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? value : refused;
    case 'number':
      return Number.isFinite(value) ? value + 0 : refused;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= limits.jsonDepth) return refused;
      return Array.isArray(value) ? copiedArray(value, depth + 1) : copiedRecord(value, depth + 1);
    default:
      return refused;
  }
}

/** The items are not known to be JSON yet; the loop replaces each by its copy. */
function copiedArray(value: readonly Json[], depth: number): Copied {
  if (Object.getPrototypeOf(value) !== Array.prototype) return refused;
  if (Object.keys(value).length !== value.length) return refused;
  if (Object.getOwnPropertySymbols(value).length > 0) return refused;
  const copy = value.slice();
  for (let index = 0; index < copy.length; index += 1) {
    const below = copied(copy[index], depth);
    if (below === refused) return refused;
    copy[index] = below;
  }
  return copy;
}

function copiedRecord(value: object, depth: number): Copied {
  if (!isPlain(value)) return refused;
  const copy: Record<string, Json> = {};
  let count = 0;
  for (const key in value) {
    if (key === '__proto__' || (key === refMark && isRefText(value))) return refused;
    count += 1;
    const item = value[key];
    if (item === undefined) continue;
    const below = copied(item, depth);
    if (below === refused) return refused;
    copy[key] = below;
  }
  if (Object.getOwnPropertyNames(value).length !== count) return refused;
  return Object.getOwnPropertySymbols(value).length > 0 ? refused : copy;
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether two JSON values are equal; key order and undefined properties do not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return equalArrays(a, b);
  const left = definedEntries(a);
  const right = new Map(definedEntries(b));
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && equalJson(value, right.get(key)))
  );
}

function equalArrays(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, index) => equalJson(value, b[index]));
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

/**
 * The JSON text of a value with its keys sorted: equal values give equal texts, others different
 * ones. Undefined has no JSON text and gives the empty one.
 */
export function canonicalJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
  return text ?? '';
}
