/**
 * Restarts: whether a run of a machine that failed starts anew. Restart intensity as in Erlang/OTP:
 * more than `max` failures within the window, and it is given up.
 */
import type { Hosted, Life } from '../../actor/index.ts';
import { backoffMs } from '../../policies/index.ts';
import {
  type Failure,
  type MachineSpec,
  type RunSupervision,
  troupeError,
} from '../../protocol/index.ts';

/** Whether its supervision starts it anew after such an end. */
export function mayRestart({ restart }: RunSupervision, status: string): boolean {
  if (status === 'stopped' || restart === 'temporary') return false;
  return restart === 'permanent' || status === 'error';
}

/** Whether one more failure now is one too many. */
export const gaveUp = (hosted: Hosted, supervision: RunSupervision, now: number): boolean =>
  recent(hosted, supervision, now).length >= supervision.intensity.max;

/** Its life with one more failure now. */
export const withFailure = (hosted: Hosted, supervision: RunSupervision, now: number): Life => ({
  ...hosted.life,
  failures: [...recent(hosted, supervision, now), now],
});

const recent = ({ life }: Hosted, { intensity }: RunSupervision, now: number): readonly number[] =>
  (life.failures ?? []).filter((at) => at > now - intensity.withinMs);

/** The failure of a run that was given up, for one more than its supervision bears. */
export function failedAt(
  hosted: Hosted,
  { run, supervision }: MachineSpec,
  now: number,
  reason: string,
): Failure {
  const failures = recent(hosted, supervision, now).length + 1;
  const { withinMs } = supervision.intensity;
  const error = troupeError('RESTART_INTENSITY', { run, failures, withinMs, reason });
  return { code: error.code, message: error.message, retryable: false, at: run };
}

/** The pause before a restart, by the failures within the window. */
export const pauseMs = ({ backoff }: RunSupervision, failures: number, chance: number): number =>
  backoff === null ? 0 : backoffMs(failures, backoff, chance);
