/**
 * Swaps: functions of the process and of Node's modules that others stand in for, and that come
 * back exactly as they were. All simulations share them: whose turn it is says the context.
 */
import { syncBuiltinESMExports } from 'node:module';

/** A function as it was, of any shape. */
export type Real = (this: unknown, ...args: readonly unknown[]) => unknown;

/** One function, and what stands in for it. */
export interface Swap {
  readonly holder: object;
  readonly key: string;
  readonly make: (real: Real) => unknown;
}

interface Swapped {
  readonly owner: object;
  readonly key: string;
  readonly was: PropertyDescriptor;
  readonly is: unknown;
}

let installs = 0;
/** All swaps, made once: to find and dress them costs more than to put them in. */
let prepared: readonly Prepared[] | undefined;
let swapped: readonly Swapped[] = [];

interface Prepared extends Swap {
  /** What stands in, and for what. */
  made?: { readonly real: Real; readonly is: unknown };
}

/** Puts what stands in where it belongs; each call is taken back by one of `giveBack`. */
export function putIn(swapsOf: () => readonly Swap[]): void {
  installs += 1;
  if (installs > 1) return;
  prepared ??= swapsOf().map((swap) => ({ ...swap }));
  swapped = prepared.flatMap(swap);
  syncBuiltinESMExports();
}

/** Gives back what was there when the last user is gone; what others put there since stays. */
export function giveBack(): void {
  installs -= 1;
  if (installs > 0) return;
  for (const { owner, key, was, is } of swapped)
    if (Reflect.get(owner, key) === is) Object.defineProperty(owner, key, was);
  swapped = [];
  syncBuiltinESMExports();
}

function swap(one: Prepared): readonly Swapped[] {
  const { holder, key } = one;
  const owner = ownerOf(holder, key);
  const was = owner && Object.getOwnPropertyDescriptor(owner, key);
  if (owner === undefined || was?.configurable !== true || !isReal(was.value)) return [];
  const is = standIn(one, was.value);
  Object.defineProperty(owner, key, { ...was, value: is });
  return [{ owner, key, was, is }];
}

function standIn(one: Prepared, real: Real): unknown {
  if (one.made?.real === real) return one.made.is;
  const is = one.make(real);
  if (isReal(is)) dress(is, real);
  one.made = { real, is };
  return is;
}

/** Who has the property itself: a holder, or what it inherits from. */
function ownerOf(holder: object, key: string): object | undefined {
  for (let at: unknown = holder; isObject(at); at = Object.getPrototypeOf(at))
    if (Object.hasOwn(at, key)) return at;
  return undefined;
}

/** Gives a function the name and length of another, and its properties where it has none. */
function dress(is: Real, real: Real): void {
  for (const key of Reflect.ownKeys(real)) {
    const was = Object.getOwnPropertyDescriptor(real, key);
    const isOwn = Object.getOwnPropertyDescriptor(is, key);
    const isShared = key !== 'name' && key !== 'length' && isOwn !== undefined;
    if (was !== undefined && !isShared) Object.defineProperty(is, key, was);
  }
}

/** Whether a value is a function. */
export const isReal = (value: unknown): value is Real => typeof value === 'function';

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** One of Node's modules, as the program's own imports see it. */
export function nodeModule(name: string): object {
  return Object(process.getBuiltinModule(name));
}
