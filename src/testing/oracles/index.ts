/** Oracles: the laws that hold of every run, and are watched in every simulation. */

import { replayOracle } from '../reach/replay-oracle.ts';
import { acknowledged, keys, once, recovered, timers } from './durable/index.ts';
import { conservation, letters, order } from './messages/index.ts';
import type { OracleOf } from './oracle.ts';
import { below, completion, dependencies, fencing, intensity, limits, rest } from './runs/index.ts';

export type { Oracle, OracleOf } from './oracle.ts';

/** The laws that are always watched. At rest the first that speaks is the most telling one. */
export const stockOracles: readonly OracleOf[] = [
  acknowledged,
  once,
  completion,
  below,
  dependencies,
  fencing,
  limits,
  order,
  letters,
  rest,
  conservation,
  keys,
  intensity,
  recovered,
  timers,
  replayOracle,
];
