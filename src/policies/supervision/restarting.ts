/**
 * Restarting: what a supervisor does when a child has ended.
 *
 * Source: Erlang/OTP, `supervisor.erl`. A permanent child is restarted always, a transient one
 * when it ended abnormally, a temporary one never. Every restart, and every further attempt after
 * a start that failed, counts toward the intensity; a group counts once.
 */
import type { Failure } from '../../protocol/index.ts';
import { backoffMs } from '../backoff.ts';
import { fingerprint } from '../fingerprint.ts';
import { type Child, type ExitReason, isPool, type Job } from './books.ts';
import type { Desk } from './desk.ts';
import { countRestart } from './intensity.ts';
import { beginEnd, beginGroup, beginOne } from './job.ts';

/** A child has ended by itself. */
export function exited(desk: Desk, child: Child, reason: ExitReason, error?: Failure): void {
  const { restart, significant } = desk.specOf(child);
  const isAbnormal = reason === 'crash' || reason === 'killed';
  if (restart === 'permanent' || (restart === 'transient' && isAbnormal)) {
    restartChild(desk, child, error);
    return;
  }
  desk.stopped(child);
  if (significant && endsAll(desk)) beginEnd(desk, { why: 'auto-shutdown', child: child.id });
}

/** Whether the end of a significant child is that of the supervisor. */
function endsAll(desk: Desk): boolean {
  const { autoShutdown } = desk.spec;
  if (autoShutdown !== 'all-significant') return autoShutdown === 'any-significant';
  return !desk.children.some((child) => child.is !== 'stopped' && desk.specOf(child).significant);
}

/**
 * A turn of the child threw. Its message is gone, so that a child which goes on from its snapshot
 * has nothing to be restarted for: the failure counts. Any other is ended, as by a crash.
 */
export function poisoned(desk: Desk, child: Child, error: Failure): void {
  const { restart, resumeFrom } = desk.specOf(child);
  const isGroup = desk.spec.strategy === 'one-for-all' || desk.spec.strategy === 'rest-for-one';
  if (restart !== 'temporary' && resumeFrom === 'snapshot' && !isGroup) {
    if (count(desk)) giveUp(desk, child, error);
    return;
  }
  const at = desk.indexOf(child.id);
  desk.job = { is: 'crash', open: 1, from: at, at, isStarting: false, child: child.id, error };
  desk.kill(child);
}

/** A poisoned child has ended. */
export function crashed(desk: Desk, job: Job): void {
  desk.job = null;
  const child = job.child === undefined ? undefined : desk.find(job.child);
  if (child !== undefined) exited(desk, child, 'crash', job.error);
}

/** Restarts a child, unless that is once too often; `error`: the failure that it is for. */
export function restartChild(desk: Desk, child: Child, error?: Failure): void {
  if (count(desk)) {
    desk.stopped(child);
    giveUp(desk, child, error);
    return;
  }
  const [patient, pauseMs] = pausing(desk, child);
  if (desk.spec.strategy === 'one-for-all' || desk.spec.strategy === 'rest-for-one') {
    desk.put({ ...patient, is: 'stopped' });
    beginGroup(desk, patient, pauseMs);
  } else if (pauseMs > 0) {
    desk.put({ ...patient, is: 'restarting', dueAt: desk.now + pauseMs });
  } else {
    desk.put({ ...patient, is: 'restarting' });
    beginOne(desk, patient);
  }
}

/** The pause of a child is over: it is started, with its group; that was counted before. */
export function resume(desk: Desk, child: Child): void {
  const { dueAt: _, ...rested } = child;
  desk.put(rested);
  if (isPool(desk.spec) || desk.spec.strategy === 'one-for-one') beginOne(desk, rested);
  else beginGroup(desk, rested, 0);
}

/** Counts a restart; whether it is one too many. */
function count(desk: Desk): boolean {
  const { restarts, isTooMany } = countRestart(desk.restarts, desk.now, desk.spec);
  desk.restarts = restarts;
  return isTooMany;
}

function giveUp(desk: Desk, child: Child, error: Failure | undefined): void {
  const ending = { why: 'intensity', child: child.id, restarts: desk.spec.intensity } as const;
  beginEnd(desk, error === undefined ? ending : { ...ending, error });
}

/** The child with one try more, and its pause in milliseconds. */
function pausing(desk: Desk, child: Child): readonly [Child, number] {
  const { backoff } = desk.specOf(child);
  if (backoff === null) return [child, 0];
  const { upSince, ...rest } = child;
  const wasUpMs = upSince === undefined ? 0 : desk.now - upSince;
  const tries = wasUpMs > backoff.backoffMsMax ? 1 : (child.tries ?? 0) + 1;
  return [{ ...rest, tries }, backoffMs(tries, backoff, chance(desk, child))];
}

/** From 0 up to, not including, 1: the same for the same restart, spread over all others. */
function chance(desk: Desk, { id, starts }: Child): number {
  return Number.parseInt(fingerprint(`${id} ${starts} ${desk.now}`).slice(0, 11), 36) / 2 ** 53;
}
