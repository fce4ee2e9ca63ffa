/** Door of delivery: when what was armed is due. */
export { type ArmedTimer, Timers } from './timers.ts';
