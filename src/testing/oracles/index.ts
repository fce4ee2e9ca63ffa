/** Oracles: the laws that hold of every run, and are watched in every simulation. */

import { replayOracle } from '../reach/replay-oracle.ts';
import { givingUp, planEnds } from './due/index.ts';
import { acknowledged, commitFirst, keys, once, recovered, timers } from './durable/index.ts';
import { conservation, expiry, lanes, letters, order, sends } from './messages/index.ts';
import type { OracleOf } from './oracle.ts';
import {
  attempts,
  below,
  budget,
  completion,
  dependencies,
  fencing,
  intensity,
  limits,
  rest,
  undo,
} from './runs/index.ts';

export type { Oracle, OracleOf } from './oracle.ts';

/** The laws that are always watched. At rest the first that speaks is the most telling one. */
export const stockOracles: readonly OracleOf[] = [
  acknowledged,
  once,
  commitFirst,
  completion,
  below,
  dependencies,
  planEnds,
  fencing,
  limits,
  attempts,
  givingUp,
  budget,
  undo,
  order,
  lanes,
  sends,
  expiry,
  letters,
  rest,
  conservation,
  keys,
  intensity,
  recovered,
  timers,
  replayOracle,
];
