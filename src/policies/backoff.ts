/**
 * Exponential back-off with full jitter.
 *
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: the pause is
 * uniform between 0 and the capped exponential, which spreads competing callers best.
 */
import type { Backoff } from '../protocol/index.ts';

/**
 * Milliseconds to wait after a failed attempt.
 * @param attempt the attempt that failed, 1 for the first.
 * @param chance a number from 0 up to, not including, 1.
 */
export function backoffMs(attempt: number, policy: Backoff, chance: number): number {
  const exponential = policy.backoffMs * 2 ** Math.min(attempt - 1, 52);
  return Math.round(chance * Math.min(policy.backoffMsMax, exponential));
}
