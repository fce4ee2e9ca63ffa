/**
 * The clock's contract: the only source of time, chance, ids and scheduling.
 * A simulated clock makes every run of the runtime repeatable from one seed.
 */

/** Ends a timer; calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void;

/** Time, chance, ids and the scheduler. */
export interface Clock {
  /** Milliseconds since 1970, whole, never falling. */
  now(): number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** A new unique id, sorted by time. */
  id(): string;
  /** Calls `run` in the scheduler's next turn, after what already waits. */
  soon(run: () => void): void;
  /**
   * Like `soon`, for who goes on with what this turn began: it may come before what else waits, as
   * long as that waits for a moment only. A clock without it has no such turns.
   */
  next?(run: () => void): void;
  /** Calls `run` once after `ms` milliseconds; any length. */
  after(ms: number, run: () => void): Cancel;
  /**
   * Like `after`, for housekeeping that can be left undone: a process does not stay alive for it. A
   * clock without it has `after` for that.
   */
  aside?(ms: number, run: () => void): Cancel;
}
