/** What code gives and is given: telling promises and generators apart, and any value as text. */

/** Whether it has to be waited for. */
export const isThenable = (given: unknown): given is Promise<unknown> =>
  typeof given === 'object' &&
  given !== null &&
  'then' in given &&
  typeof given.then === 'function';

/** Whether it gives parts. */
export const isGenerator = (given: unknown): given is AsyncGenerator<unknown, unknown> =>
  Object.prototype.toString.call(given) === '[object AsyncGenerator]';

/** What a process that has ended gets. */
export const never = (): Promise<never> => new Promise(() => undefined);

/** Any value as text: JSON where it is some. */
export function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return String(value);
  }
}

/** A place in an order: `1st`, `2nd`, `11th`, `21st`. */
export function ordinalOf(nth: number): string {
  const isTeen = nth % 100 >= 11 && nth % 100 <= 13;
  const ending = isTeen ? undefined : ['st', 'nd', 'rd'][(nth % 10) - 1];
  return `${nth}${ending ?? 'th'}`;
}
