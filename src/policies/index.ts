/** Door of the policies: pure rules. */
export { backoffMs } from './backoff.ts';
export { fingerprint } from './fingerprint.ts';
export {
  dependentsOf,
  initialReadySet,
  isComplete,
  type ReadySet,
  settleStep,
  startReady,
  stepsIn,
} from './ready-set.ts';
export { cycleIn, cyclicGroups, wavesOf } from './schedule.ts';
