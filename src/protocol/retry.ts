/** How often and how fast work is tried again. */
import { z } from 'zod';
import { Duration, durationMs } from './duration.ts';
import { limits } from './limits.ts';

const wholeFromOne = 'must be a whole number of at least 1';

/** Retry options as users write them; `false` means one attempt. */
export const RetryOptions = z.union(
  [
    z.literal(false),
    z.strictObject({
      /** Attempts in all, the first included (default 3). */
      attempts: z.int(wholeFromOne).min(1, wholeFromOne).optional(),
      /** Pause before the second attempt, doubled each time (default 200 ms, full jitter). */
      backoff: Duration.optional(),
      /** Longest pause (default 30 s). */
      backoffMax: Duration.optional(),
    }),
  ],
  'must be false, or an object with attempts, backoff or backoffMax',
);
export type RetryOptions = z.infer<typeof RetryOptions>;

/** The policy in force: plain numbers. */
export const RetryPolicy = z.strictObject({
  attempts: z.int().min(1),
  backoffMs: z.number().min(0),
  backoffMsMax: z.number().min(0),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** The policy of the given options over the defaults. */
export function retryPolicy(options: RetryOptions | undefined): RetryPolicy {
  const given = options === false ? { attempts: 1 } : (options ?? {});
  return {
    attempts: given.attempts ?? limits.attempts,
    backoffMs: durationMs(given.backoff ?? limits.backoffMs),
    backoffMsMax: durationMs(given.backoffMax ?? limits.backoffMsMax),
  };
}
