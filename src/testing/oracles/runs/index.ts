/** Laws of runs: how they move, what they wait for, how often they are started anew. */
export { attempts } from './attempts.ts';
export { below } from './below.ts';
export { budget } from './budget.ts';
export { completion } from './completion.ts';
export { dependencies } from './dependencies.ts';
export { fencing } from './fencing.ts';
export { intensity } from './intensity.ts';
export { limits } from './limits.ts';
export { rest } from './rest.ts';
export { undo } from './undo.ts';
