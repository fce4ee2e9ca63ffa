/** The real clock: the process's time, its random source and the event loop. */

import { limits } from '../protocol/index.ts';
import type { Cancel, Clock } from './clock.ts';
import { randomUUIDv7 } from './uuid.ts';

/**
 * The clock of the running process. Time never falls: while the system's clock is behind what this
 * one has told, or behind `since`, time goes on at its pace from there, so that nothing waits for a
 * clock that was set back. A clock that leaps forward is believed: computers sleep. A waiting timer
 * keeps the process alive, or a program would end in the pause before another attempt; cancelling
 * it lets the process go.
 */
export function systemClock(since = 0): Clock {
  let latest = since;
  let readAt = performance.now();
  const now = (): number => {
    const at = performance.now();
    latest = Math.max(latest + at - readAt, Date.now());
    readAt = at;
    return Math.floor(latest);
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
    if (isAside) waiting.unref();
    return waiting;
  }
  return () => clearTimeout(timer);
}
