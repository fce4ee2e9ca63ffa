/** Arbitrary JSON values, without what is refused although it survives: keys named `__proto__`. */
import fc from 'fast-check';

/** JSON values that may be passed. */
export const jsonValues = fc.jsonValue({ maxDepth: 3 }).filter((one) => !hasPrototypeKey(one));

/** Whether a key anywhere in it is `__proto__`. */
export function hasPrototypeKey(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey);
}
