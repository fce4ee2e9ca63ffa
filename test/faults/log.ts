/**
 * A log that says nothing, for teams that fail on purpose.
 */

/** Says nothing. */
export const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
