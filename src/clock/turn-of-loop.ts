/**
 * The event loop's next turn, for who drives a simulated clock: all promises that can go on go on
 * before it. It tells no time, and nothing depends on when it comes.
 */

const real = setImmediate;

/** Resolves in the next turn of the event loop. */
export const turnOfLoop = (): Promise<void> => new Promise((resolve) => void real(resolve));
