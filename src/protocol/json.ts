/**
 * JSON values: what may enter a mailbox, an input, a result or a snapshot.
 *
 * The check is stricter than `JSON.stringify`, which drops or changes silently what it cannot say
 * (NaN becomes null, a Map becomes {}). Invariant: a value that passes `checkJson` is equal, by
 * `equalJson`, to its own round trip through JSON text.
 */
import { troupeError } from './errors.ts';
import { limits } from './limits.ts';

/** A JSON value. Properties that are `undefined` are allowed and left out of the text. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * Checks that `value` survives JSON unchanged.
 * Undefined is allowed as the whole value and as a property, refused inside arrays.
 * @param what names the value in the error, such as `input of finder`.
 * @throws TroupeError `NOT_JSON` with the path of the first offending part.
 */
export function checkJson(value: unknown, what: string): Json | undefined {
  if (value !== undefined) check(value, what, '', 0, []);
  return value as Json | undefined;
}

function check(value: unknown, what: string, path: string, depth: number, above: object[]): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) refuse(what, path, 'a string with a lone surrogate');
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(what, path, String(value));
      return;
    case 'boolean':
      return;
    case 'object':
      if (value !== null) checkObject(value, what, path, depth, above);
      return;
    default:
      refuse(what, path, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
  }
}

function checkObject(
  value: object,
  what: string,
  path: string,
  depth: number,
  above: object[],
): void {
  if (depth >= limits.jsonDepth) refuse(what, path, `nesting deeper than ${limits.jsonDepth}`);
  if (above.includes(value)) refuse(what, path, 'a cycle');
  above.push(value);
  if (Array.isArray(value)) checkArray(value, what, path, depth, above);
  else checkRecord(value, what, path, depth, above);
  above.pop();
}

function checkArray(
  value: readonly unknown[],
  what: string,
  path: string,
  depth: number,
  above: object[],
): void {
  if (Object.getPrototypeOf(value) !== Array.prototype) refuse(what, path, 'a subclass of Array');
  for (let index = 0; index < value.length; index += 1) {
    check(value[index], what, `${path}[${index}]`, depth + 1, above);
  }
  if (Object.keys(value).length !== value.length) refuse(what, path, 'an array with extra keys');
}

function checkRecord(
  value: object,
  what: string,
  path: string,
  depth: number,
  above: object[],
): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(what, path, `an instance of ${prototype?.constructor?.name ?? 'a class'}`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(what, path, 'a symbol key');
  for (const key of Object.getOwnPropertyNames(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    const below = `${path}.${key}`;
    if (property === undefined || !('value' in property)) refuse(what, below, 'a getter');
    else if (!property.enumerable) refuse(what, below, 'a hidden property');
    else if (key === '__proto__') refuse(what, below, 'a prototype key');
    else if (key === 'toJSON') refuse(what, below, 'a toJSON property');
    else if (property.value !== undefined) check(property.value, what, below, depth + 1, above);
  }
}

function refuse(what: string, path: string, found: string): never {
  throw troupeError('NOT_JSON', { what, path: path === '' ? '(the value itself)' : path, found });
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

/** The JSON text of a value with its keys sorted: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
