/**
 * Restart intensity: how many restarts within a sliding window are too many.
 *
 * Source: Erlang/OTP, `supervisor.erl`: the clock is read in whole seconds, and a restart counts
 * as long as its second is not older than the period.
 */

/** What is counted, and whether that is more than is allowed. */
export interface Counted {
  /** Seconds of the restarts in the window, the newest first. */
  readonly restarts: readonly number[];
  readonly isTooMany: boolean;
}

/**
 * Counts a restart.
 * @param restarts what was counted before.
 * @param now milliseconds since 1970.
 */
export function countRestart(
  restarts: readonly number[],
  now: number,
  { intensity, periodSeconds }: { readonly intensity: number; readonly periodSeconds: number },
): Counted {
  const second = Math.floor(now / 1_000);
  const first = restarts.findIndex((restart) => restart < second - periodSeconds);
  const counted = [second, ...(first === -1 ? restarts : restarts.slice(0, first))];
  return { restarts: counted, isTooMany: counted.length > intensity };
}
