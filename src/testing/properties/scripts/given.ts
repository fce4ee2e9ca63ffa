/**
 * What the scenario is given, and how anything is drawn. A number names each draw, so that one run
 * can be drawn again without those before it, and its input shrinks by itself.
 */
import fc from 'fast-check';
import { isSchema, troupeError } from '../../../protocol/index.ts';
import { arbitraryOf } from '../../arbitrary/index.ts';

/** Inputs of a scenario as an arbitrary: of a schema, of a list, as it is, or undefined. */
export function givensOf(given: unknown): fc.Arbitrary<unknown> {
  if (given === undefined) return fc.constant(undefined);
  if (isArbitrary(given)) return given;
  if (Array.isArray(given)) return fc.constantFrom<unknown[]>(...given);
  return isSchema(given) ? arbitraryOf(given) : fc.constant(undefined);
}

/** Whether a value draws and shrinks: one of another copy of fast-check does too. */
export function isArbitrary(value: unknown): value is fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return ['generate', 'shrink', 'canShrinkWithoutContext'].every(
    (name) => typeof Reflect.get(value, name) === 'function',
  );
}

/** The number of a run's draws: runs of one seed have nothing in common, nor have seeds. */
export function chanceOf(seed: number, run: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(run, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return mixed ^ (mixed >>> 15);
}

/** The value that a number names. */
export function drawn<Value>(arbitrary: fc.Arbitrary<Value>, chance: number): Value {
  const [value] = fc.sample(arbitrary.map(boxed), { seed: chance, numRuns: 1 });
  if (value !== undefined) return value.of;
  throw troupeError('BROKEN_INVARIANT', { invariant: 'an arbitrary gives a value', found: 'none' });
}

/** A value that may be undefined. */
const boxed = <Value>(of: Value): { readonly of: Value } => ({ of });

/**
 * The simplest value, of those that shrinking the drawn one leads to, for which something holds;
 * undefined: none but the drawn one.
 */
export async function simplestOf<Value>(
  arbitrary: fc.Arbitrary<Value>,
  chance: number,
  holds: (value: Value) => Promise<boolean>,
): Promise<Value | undefined> {
  const property = fc.asyncProperty(arbitrary, async (value) => !(await holds(value)));
  const { counterexample, numShrinks } = await fc.check(property, { seed: chance, numRuns: 1 });
  return numShrinks === 0 ? undefined : counterexample?.[0];
}
