/** Charts: their places. */
export {
  type ChartState,
  type ChartTransition,
  historiesOf,
  placeOf,
  statesOf,
  transitionsOf,
  triggerOf,
} from './places.ts';
