/** Charts: their places and guards, and copies of machines that are seen from inside. */
export { isInline } from './copy.ts';
export { type ChartGuard, type GuardWatch, guardPlace, guardsOf } from './guards.ts';
export {
  activeIn,
  type ChartState,
  type ChartTransition,
  historiesOf,
  placeOf,
  statesOf,
  transitionsOf,
  triggerOf,
} from './places.ts';
export {
  type ChartAction,
  type Configuration,
  type Macrostep,
  Watched,
} from './watched.ts';
