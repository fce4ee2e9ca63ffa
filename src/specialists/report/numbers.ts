/** Numbers as a reader likes them: thousands apart, nouns in the right number. */

/** A whole number with its thousands apart. */
export const figure = (value: number): string => value.toLocaleString('en-US');

/** A number and its noun. */
export const counted = (value: number, noun: string): string =>
  `${figure(value)} ${noun}${value === 1 ? '' : 's'}`;
