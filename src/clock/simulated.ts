/**
 * The simulated clock: time moves only when told, chance and ids come from a seed, and scheduled
 * calls run one by one in an order that the seed decides or, by default, first in, first out.
 *
 * The generator is mulberry32 (Tommy Ettinger, 2017, public domain): 32 bits of state, which is
 * plenty for a test and quick to seed.
 */
import type { Cancel, Clock } from './clock.ts';

/** A clock that a test drives. */
export interface SimulatedClock extends Clock {
  /** Runs the next scheduled call; false when none waits. */
  step(): boolean;
  /** Moves to the next due timer and fires it; false when no timer waits. */
  jump(): boolean;
  /** Moves the time on; what was due on the way fires late. */
  leap(ms: number): void;
  /** Time of the next due timer. */
  nextDue(): number | undefined;
  /** Where its time, its chance and its count of ids are: another clock can go on from there. */
  place(): ClockPlace;
  /** Forgets all calls and timers: what a crash of the process does. */
  clear(): void;
}

/** Where a simulated clock is. */
export interface ClockPlace {
  readonly time: number;
  readonly count: number;
  readonly chance: number;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** Options of a simulated clock. */
export interface SimulatedClockOptions {
  /** Start of time, milliseconds since 1970 (default 2026-01-01). */
  readonly start?: number;
  /** Whether scheduled calls run in random order instead of first in, first out. */
  readonly shuffle?: boolean;
  /** Goes on from the place of another clock of the same seed. */
  readonly from?: ClockPlace | undefined;
}

/** A simulated clock; the same seed gives the same chance, ids and order. */
export function simulatedClock(seed: number, options: SimulatedClockOptions = {}): SimulatedClock {
  const { random, state } = mulberry32(options.from?.chance ?? seed);
  let time = options.from?.time ?? options.start ?? Date.UTC(2026, 0, 1);
  let count = options.from?.count ?? 0;
  let calls: (() => void)[] = [];
  let timers: Timer[] = [];
  const next = (): Timer | undefined => timers[0];
  return {
    now: () => time,
    random,
    id: () => `sim-${seed}-${++count}`,
    soon: (run) => void calls.push(run),
    after(ms: number, run: () => void): Cancel {
      const timer = { due: time + ms, order: ++count, run };
      timers.push(timer);
      timers.sort((a, b) => a.due - b.due || a.order - b.order);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    step() {
      const at = options.shuffle === true ? Math.floor(random() * calls.length) : 0;
      const [run] = calls.splice(at, 1);
      run?.();
      return run !== undefined;
    },
    jump() {
      const timer = timers.shift();
      if (timer === undefined) return false;
      time = Math.max(time, timer.due);
      timer.run();
      return true;
    },
    leap(ms) {
      time += ms;
    },
    nextDue: () => next()?.due,
    place: () => ({ time, count, chance: state() }),
    clear() {
      calls = [];
      timers = [];
    },
  };
}

function mulberry32(seed: number): { random: () => number; state: () => number } {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { random, state: () => state };
}
