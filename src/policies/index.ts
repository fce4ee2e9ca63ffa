/** Door of the policies: pure rules. */
export { backoffMs } from './backoff.ts';
export { fingerprint } from './fingerprint.ts';
export { exceeds } from './plan/budget.ts';
export { forecastMs, type PlanProgress } from './plan/forecast.ts';
export { dependentsOf, meanEstimate, ranksOf } from './plan/graph.ts';
export {
  beginPlan,
  endStep,
  ends,
  isFine,
  type PlanState,
  type PlanVerdict,
  type StepLetter,
  startReady,
  stepsIn,
  takeUpPlan,
  verdictOf,
} from './plan/plan-state.ts';
export { cycleIn, cyclicGroups, wavesOf } from './plan/waves.ts';
export {
  type Answer,
  type Call,
  type Child,
  type ChildCounts,
  type ChildState,
  type Ending,
  type ExitReason,
  type ListedChild,
  type Order,
  type Refusal,
  type Supervision,
  specOf as childSpecOf,
} from './supervision/books.ts';
export { type Counted, countRestart } from './supervision/intensity.ts';
export {
  alarmOf,
  newSupervision,
  ordersUnderWay,
  phaseOf,
  type SupervisionDecision,
  type SupervisionEvent,
  type SupervisorPhase,
  supervise,
} from './supervision/supervisor.ts';
