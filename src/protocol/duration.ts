/** Durations as users write them: milliseconds, or a number with its unit such as `'30s'`. */
import { z } from 'zod';
import { troupeError } from './errors.ts';
import { limits } from './limits.ts';

/** Milliseconds (0 up to 100 million days), or a text: `'9ms'`, `'9s'`, `'9m'`, `'9h'`, `'9d'`. */
export const Duration = z.custom<number | string>(
  (given) => isDuration(given),
  "must be milliseconds of at least 0, or a text such as '30s', '5m', '2h' or '3d'",
);
export type Duration = z.infer<typeof Duration>;

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration in whole milliseconds.
 * @throws TroupeError `BAD_DURATION` when it is negative, too long or of an unknown unit.
 */
export function durationMs(duration: Duration): number {
  if (!isDuration(duration)) throw troupeError('BAD_DURATION', { given: shown(duration) });
  return Math.abs(Math.round(msOf(duration)));
}

/** What can't be shown as text is shown by its type. */
const shown = (given: unknown): unknown =>
  typeof given === 'number' || typeof given === 'string' ? given : typeof given;

function isDuration(given: unknown): given is Duration {
  if (typeof given !== 'number' && typeof given !== 'string') return false;
  const ms = msOf(given);
  return ms >= 0 && ms <= limits.durationMs;
}

const msOf = (duration: Duration): number =>
  typeof duration === 'number' ? duration : textMs(duration);

function textMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text);
  const unit = match?.[2] === undefined ? undefined : unitMs[match[2]];
  return match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
}
