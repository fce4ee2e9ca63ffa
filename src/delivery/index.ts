/** Door of delivery. */
export { type ArmedTimer, Timers } from './timers.ts';
