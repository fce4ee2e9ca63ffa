/** Drawn: values of one kind, the same for the same seed. */
import fc from 'fast-check';
import { isSchema } from '../../../protocol/index.ts';
import { arbitraryOf } from '../../arbitrary/index.ts';
import type { Values } from '../../check.ts';
import { textOf } from './text.ts';

/**
 * All values of a list; of a schema so many that differ; without either nothing, once.
 * @throws TroupeError `NO_ARBITRARY`.
 */
export function drawn(values: Values | undefined, seed: number, count: number): readonly unknown[] {
  if (values === undefined) return [undefined];
  if (!isSchema(values)) return values;
  const found = new Map<string, unknown>();
  // Small values come first, as they come first when values are drawn.
  for (const value of fc.sample(arbitraryOf(values), { seed, numRuns: 4 * count })) {
    if (found.size < count) found.set(textOf(value), value);
  }
  return [...found.values()];
}

/** Numbers from 0 up to, not including, 1. (splitmix32) */
export function randomOf(seed: number): () => number {
  let state = Math.trunc(seed) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 0x1_0000_0000;
  };
}
