/**
 * Computing: work of Node's thread pool that touches no world, such as compression and hashes. It
 * gives the same for the same, only nobody knows when: the simulation stands still meanwhile.
 */
import { contextNow, isGhost } from './context.ts';
import { isReal, nodeModule, type Real, type Swap } from './swaps.ts';

/** Functions of Node's modules that call back when they are done. */
const CALLING_BACK: Readonly<Record<string, readonly string[]>> = {
  crypto: ['pbkdf2', 'scrypt', 'hkdf', 'sign', 'verify', 'checkPrime'],
  zlib: [
    ...['gzip', 'gunzip', 'deflate', 'inflate', 'deflateRaw', 'inflateRaw', 'unzip'],
    ...['brotliCompress', 'brotliDecompress', 'zstdCompress', 'zstdDecompress'],
  ],
};

/** Methods of `crypto.subtle`: they give promises. */
const PROMISED: readonly string[] = [
  ...['digest', 'sign', 'verify', 'encrypt', 'decrypt', 'deriveBits', 'deriveKey'],
  ...['importKey', 'exportKey', 'wrapKey', 'unwrapKey', 'generateKey'],
];

/** What of the process computes beside it. */
export function computingSwaps(): readonly Swap[] {
  const callingBack = Object.entries(CALLING_BACK).flatMap(([name, keys]) => {
    const holder = nodeModule(name);
    return keys.map((key): Swap => ({ holder, key, make: waited }));
  });
  const holder = globalThis.crypto.subtle;
  return [...callingBack, ...PROMISED.map((key): Swap => ({ holder, key, make: waited }))];
}

function waited(real: Real): unknown {
  return function computed(this: unknown, ...args: readonly unknown[]): unknown {
    const context = contextNow();
    const last = args.at(-1);
    if (context === undefined || isGhost(context)) return Reflect.apply(real, this, args);
    if (!isReal(last)) {
      const result = Reflect.apply(real, this, args);
      if (result instanceof Promise) {
        const over = context.surprises.computes();
        result.then(over, over);
      }
      return result;
    }
    const over = context.surprises.computes();
    const back = function done(this: unknown, ...given: readonly unknown[]): unknown {
      over();
      return Reflect.apply(last, this, given);
    };
    try {
      return Reflect.apply(real, this, [...args.slice(0, -1), back]);
    } catch (error) {
      over();
      throw error;
    }
  };
}
