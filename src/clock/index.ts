/** Door of the clock: the contract, the process's clock and the simulated one. */
export type { Cancel, Clock } from './clock.ts';
export {
  type ClockPlace,
  type SimulatedClock,
  type SimulatedClockOptions,
  simulatedClock,
} from './simulated.ts';
export { systemClock } from './system.ts';
export { turnOfLoop } from './turn-of-loop.ts';
