/** The real clock: the process's time, its random source and the event loop. */

import { limits } from '../protocol/index.ts';
import type { Cancel, Clock } from './clock.ts';
import { randomUUIDv7 } from './uuid.ts';

/**
 * The clock of the running process. Time never falls: when the system's clock is set back, it
 * stands still until that is caught up. A waiting timer keeps the process alive, or a program would
 * end in the pause before another attempt; cancelling it lets the process go.
 */
export function systemClock(): Clock {
  let latest = 0;
  const now = (): number => {
    latest = Math.max(latest, Date.now());
    return latest;
  };
  /** When the event loop last came round. */
  let cameRound = 0;
  const turn = (run: () => void): void => {
    cameRound = performance.now();
    run();
  };
  return {
    now,
    random: Math.random,
    id: () => randomUUIDv7(now()),
    soon: (run) => void setImmediate(turn, run),
    next: (run) => {
      if (performance.now() - cameRound > limits.roundMs) setImmediate(turn, run);
      // After all promises that are settled by then.
      else queueMicrotask(() => process.nextTick(run));
    },
    after: (ms, run) => after(ms, run),
    aside: (ms, run) => after(ms, run, true),
  };
}

function after(ms: number, run: () => void, isAside = false): Cancel {
  let timer = wait(ms);
  function wait(left: number): NodeJS.Timeout {
    const piece = Math.min(left, limits.timerMs);
    const waiting = setTimeout(() => {
      if (left > piece) timer = wait(left - piece);
      else run();
    }, piece);
  }
  return () => clearTimeout(timer);
}
    if (isAside) waiting.unref();
    return waiting;
