/** Durations as users write them: milliseconds, or a number with its unit such as `'30s'`. */
import { troupeError } from './errors.ts';

/** Milliseconds (a finite number of at least 0), or a text such as `'250ms' '30s' '5m' '2h' '3d'`. */
export type Duration = number | string;

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration in whole milliseconds.
 * @throws TroupeError `BAD_DURATION` when it is negative, not finite or of an unknown unit.
 */
export function durationMs(duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : textMs(duration);
  if (!Number.isFinite(ms) || ms < 0) throw troupeError('BAD_DURATION', { given: duration });
  return Math.round(ms);
}

function textMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2] === undefined ? undefined : unitMs[match[2]];
  return match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
}
