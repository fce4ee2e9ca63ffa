/** What breaks determinism in code, and why something can never settle. */
export type { Activation, Answered, Asking, OpenAsking } from './activations.ts';
export { Repeatable, type RepeatableOptions } from './repeatable.ts';
export { whyStuck } from './stuck.ts';
