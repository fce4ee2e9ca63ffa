/**
 * Why a value is not JSON: the path of its first offending part, and what was found there.
 *
 * Walked only after `checkJson` refused the value, so it takes its time. No getter is called.
 */
import { limits } from './limits.ts';

/** The part that is not JSON. */
export interface JsonFault {
  /** Such as `.tags[2]`; `(the value itself)` for the whole. */
  readonly path: string;
  readonly found: string;
}

/** The mark of a machine's reference to an actor in JSON, which XState uses as well. */
export const refMark = 'xstate$$type';

/** Whether JSON would be read as a reference: only machines themselves may say one. */
export const isRefText = (value: object): boolean =>
  refMark in value && value[refMark] === 1 && 'address' in value && 'id' in value;

/** The first part of a refused value that is not JSON. */
export function faultOf(value: unknown): JsonFault {
  const { path, found } = firstFault(value, []) ?? { path: '', found: 'something that changes' };
  return { path: path === '' ? '(the value itself)' : path, found };
}

function firstFault(value: unknown, above: readonly object[]): JsonFault | undefined {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : here('a string with a lone surrogate');
    case 'number':
      return Number.isFinite(value) ? undefined : here(String(value));
    case 'boolean':
      return undefined;
    case 'object':
      return value === null ? undefined : faultInObject(value, above);
    default:
      return here(typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
  }
}

function faultInObject(value: object, above: readonly object[]): JsonFault | undefined {
  if (above.includes(value)) return here('a cycle');
  if (above.length >= limits.jsonDepth) return here(`nesting deeper than ${limits.jsonDepth}`);
  try {
    const below = [...above, value];
    return Array.isArray(value) ? faultInArray(value, below) : faultInRecord(value, below);
  } catch {
    return here('an object that throws when it is looked at');
  }
}

function faultInArray(value: readonly unknown[], above: readonly object[]): JsonFault | undefined {
  if (Object.getPrototypeOf(value) !== Array.prototype) return here('a subclass of Array');
  for (let index = 0; index < value.length; index += 1) {
    const property = Object.getOwnPropertyDescriptor(value, index);
    const fault = property === undefined ? here('a hole') : faultInProperty(property, above);
    if (fault !== undefined) return { path: `[${index}]${fault.path}`, found: fault.found };
  }
  const own = Object.getOwnPropertyNames(value).length + Object.getOwnPropertySymbols(value).length;
  return own === value.length + 1 ? undefined : here('an array with extra keys');
}

function faultInRecord(value: object, above: readonly object[]): JsonFault | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return here(instanceText(prototype));
  if (isRefText(value)) return { path: `.${refMark}`, found: 'the mark of a reference' };
  for (const key of Object.getOwnPropertyNames(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    const isPrototype = key === '__proto__';
    const fault = isPrototype
      ? here('a prototype key')
      : property && faultInRecordProperty(property, above);
    if (fault !== undefined) return { path: `.${key}${fault.path}`, found: fault.found };
  }
  return Object.getOwnPropertySymbols(value).length > 0 ? here('a symbol key') : undefined;
}

function faultInRecordProperty(
  property: PropertyDescriptor,
  above: readonly object[],
): JsonFault | undefined {
  const isLeftOut = 'value' in property && property.value === undefined && property.enumerable;
  return isLeftOut ? undefined : faultInProperty(property, above);
}

function faultInProperty(
  property: PropertyDescriptor,
  above: readonly object[],
): JsonFault | undefined {
  if (!('value' in property)) return here('a getter');
  return property.enumerable ? firstFault(property.value, above) : here('a hidden property');
}

function instanceText(prototype: object): string {
  const name: unknown = prototype.constructor?.name;
  return `an instance of ${typeof name === 'string' && name !== '' ? name : 'a class'}`;
}

const here = (found: string): JsonFault => ({ path: '', found });
