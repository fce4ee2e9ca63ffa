/**
 * Values: what a user's machine may keep and say: JSON, and references to actors.
 *
 * One walk looks at what is new and puts lasting references in the place of the objects that XState
 * made for what was spawned. Invariant: what it returns is told whole by its JSON text.
 */
import { InnerRef } from '../../actor/index.ts';
import { checkJson, isRefText, limits, said } from '../../protocol/index.ts';

/** What XState made for a spawned actor, and the reference that lasts. */
export type Made = ReadonlyMap<object, InnerRef>;

/**
 * Items of an array that is looked at for properties beside them, such as what `match` of a text
 * gives: of long ones the look would take longer than the walk.
 */
const LOOKED = 64;

/** Says what can't be kept; never returns. */
export type Refuse = (path: string, problem: string, remedy: string) => never;

/**
 * The value with lasting references; the same object when nothing was replaced. An event starts at
 * depth 0: its own properties are read, for speed, and not looked at for getters.
 */
export function settled(value: unknown, made: Made, refuse: Refuse, path = '', depth = 1): unknown {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value;
      return refuse(path, 'holds a lone surrogate', 'pass well-formed text');
    case 'number':
      if (Number.isFinite(value)) return value;
      return refuse(path, `is ${value}`, 'keep finite numbers, null or text');
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : settledObject(value, made, refuse, path, depth);
    default:
      return refuse(path, `is a ${typeof value}`, 'keep JSON, and make it anew where it is used');
  }
}

function settledObject(
  value: object,
  made: Made,
  refuse: Refuse,
  path: string,
  depth: number,
): unknown {
  if (value instanceof InnerRef) return value;
  const ref = made.get(value);
  if (ref !== undefined) return ref;
  if (depth >= limits.jsonDepth) refuse(path, 'is nested too deep', 'keep flatter data');
  if (Array.isArray(value)) return settledArray(value, made, refuse, path, depth);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(path, `is ${nameOf(value)}`, remedyFor(value));
  }
  if (isRefText(value)) refuse(path, 'reads like a reference', 'use another name for its mark');
  noSymbols(value, refuse, path);
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    if (key === '__proto__') refuse(path, 'has a property __proto__', 'use another name');
    const place = path === '' ? key : `${path}.${key}`;
    const item: unknown = depth === 0 ? Reflect.get(value, key) : heldIn(value, key, place, refuse);
    const next = settled(item, made, refuse, place, depth + 1);
    if (next === item) continue;
    copy ??= { ...value };
    copy[key] = next;
  }
  return copy ?? value;
}

/** What a property holds; no getter is called, and a proxy must not tell it otherwise. */
function heldIn(value: object, key: string, place: string, refuse: Refuse): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key);
  if (property === undefined || !('value' in property)) {
    return refuse(place, 'is a getter', 'keep what it gives');
  }
  if (Object.is(property.value, Reflect.get(value, key))) return property.value;
  return refuse(place, 'is no property of its own', 'keep plain data');
}

function settledArray(
  value: readonly unknown[],
  made: Made,
  refuse: Refuse,
  path: string,
  depth: number,
): unknown {
  if (Object.getPrototypeOf(value) !== Array.prototype) {
    refuse(path, `is ${nameOf(value)}`, 'keep a plain array');
  }
  noSymbols(value, refuse, path);
  let copy: unknown[] | undefined;
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index];
    const place = `${path}[${index}]`;
    if (item === undefined) refuse(place, 'is undefined', 'use null inside arrays');
    const next = settled(item, made, refuse, place, depth + 1);
    if (next === item) continue;
    copy ??= [...value];
    copy[index] = next;
  }
  // No item is a hole: what else it holds is beside them.
  if (value.length <= LOOKED && Object.keys(value).length > value.length) {
    refuse(path, 'is an array with properties beside its items', 'keep them in an object');
  }
  return copy ?? value;
}

/** JSON has no place for them. */
export function noSymbols(value: object, refuse: Refuse, path = ''): void {
  if (Object.getOwnPropertySymbols(value).length === 0) return;
  refuse(path, 'has a property named by a symbol', 'name it by a text');
}

const nameOf = (value: object): string => {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a ${name}` : 'no plain object';
};

function remedyFor(value: object): string {
  if (value instanceof Date) return 'keep its milliseconds: date.getTime()';
  if (value instanceof Map || value instanceof Set) return 'keep an array or a plain object';
  if (value instanceof Error) return 'keep its message, or { name, message }';
  if (value instanceof Promise) return 'invoke it with fromPromise';
  if ('sessionId' in value && 'send' in value) {
    return 'keep references that the runtime gave: self, children, or what an event brought';
  }
  return 'keep plain data';
}

/**
 * What was thrown or rejected, as data: an error's name, message and code, other JSON as it is.
 * Never throws, whatever it is given.
 */
export function errorData(error: unknown): unknown {
  try {
    if (!(error instanceof Error)) return checkJson(error, 'error') ?? null;
    const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
    const cause = error.cause === undefined ? {} : { cause: shallow(error.cause) };
    return { name: said(error.name), message: said(error.message), ...code, ...cause };
  } catch {
    return shallow(error);
  }
}

function shallow(error: unknown): unknown {
  try {
    if (error instanceof Error) return { name: said(error.name), message: said(error.message) };
  } catch {
    // It does not even tell its name.
  }
  return { name: 'Error', message: said(error) };
}

/** The words of such data. */
export function errorText(data: unknown): string {
  if (typeof data === 'object' && data !== null && 'message' in data) return said(data.message);
  return typeof data === 'string' ? data : (JSON.stringify(data) ?? 'undefined');
}
