/** Laws of runs: how they move, what they wait for, how often they are started anew. */
export { below } from './below.ts';
export { completion } from './completion.ts';
export { dependencies } from './dependencies.ts';
export { fencing } from './fencing.ts';
export { intensity } from './intensity.ts';
export { limits } from './limits.ts';
export { rest } from './rest.ts';
