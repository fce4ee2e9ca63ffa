/** Door of delivery: when what was armed is due. */
export { Alarm } from './alarm.ts';
export { type ArmedTimer, Timers } from './timers.ts';
