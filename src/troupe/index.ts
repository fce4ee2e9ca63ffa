/** Door of the troupe: the composition and what an app holds of it. */
export { createTroupe } from './create-troupe.ts';
export type { TroupeOptions } from './options.ts';
export type { RunOf, StopOptions, Troupe } from './troupe.ts';
