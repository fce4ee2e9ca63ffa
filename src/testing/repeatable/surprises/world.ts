/**
 * The world: files, connections, processes. It is let through, for nothing can stand in for it but
 * a stub, and told with what is read and from where.
 */
import { contextNow } from './context.ts';
import { nodeModule, type Real, type Swap } from './swaps.ts';

/** What of Node's modules touches the world; all of a module's functions where none is named. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  fs: [],
  'fs/promises': [],
  child_process: [],
  net: ['connect', 'createConnection'],
  tls: ['connect'],
  http: ['request', 'get'],
  https: ['request', 'get'],
  dns: ['lookup', 'resolve', 'reverse'],
  worker_threads: ['Worker'],
  'dns/promises': ['lookup', 'resolve', 'reverse'],
};

/** What of the process reads and changes the world. */
export function worldSwaps(): readonly Swap[] {
  const doors = Object.entries(DOORS).flatMap(([name, keys]) => {
    const holder = nodeModule(name);
    const named = keys.length > 0 ? keys : Object.keys(holder).filter(isDeed);
    return named.map(
      (key): Swap => ({ holder, key, make: (real) => told(real, `${name}.${key}`) }),
    );
  });
  return [...doors, { holder: globalThis, key: 'fetch', make: (real) => told(real, 'fetch') }];
}

/** Classes, and what is a module's own. */
const isDeed = (key: string): boolean => /^[a-z]/.test(key) && key !== 'promises';

function told(real: Real, name: string): unknown {
  function deed(this: unknown, ...args: readonly unknown[]): unknown {
    const context = contextNow();
    const made = new.target === deed ? real : new.target;
    const does = (): unknown =>
      made === undefined ? Reflect.apply(real, this, args) : Reflect.construct(real, args, made);
    if (context === undefined) return does();
    const surprise = { kind: 'world', name, at: deed, subject: subjectOf(args[0]) } as const;
    const over = context.surprises.work(context, surprise);
    const result = does();
    if (result instanceof Promise) result.then(over, over);
    else over();
    return result;
  }
  // What a class makes is of the class, also of the one that stands in.
  deed.prototype = Reflect.get(real, 'prototype');
  return deed;
}

function subjectOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (given instanceof URL) return given.href;
  const url: unknown = Reflect.get(Object(given), 'url') ?? Reflect.get(Object(given), 'host');
  return typeof url === 'string' ? url : undefined;
}
