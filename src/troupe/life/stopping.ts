/**
 * Stopping a team: nothing new begins, what is under way is recorded, what is left at the deadline
 * is aborted and runs again when the journal is opened next.
 */
import type { LocalHost } from '../../engine/index.ts';
import { systemAddress, troupeError } from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import type { Behaviours } from '../behaviours.ts';

/** What of a team is stopped. */
export interface Stoppable {
  readonly host: LocalHost;
  readonly behaviours: Behaviours;
}

/**
 * Lets what is under way end and be recorded, in about `deadlineMs`; resolves on a host that failed
 * too. Callers outside that wait are refused at once with what `refusal` gives.
 */
export async function settle(
  team: Stoppable,
  deadlineMs: number,
  refusal: (call: string) => unknown,
): Promise<void> {
  const { host, behaviours } = team;
  behaviours.office.stop(refusal('send'));
  try {
    const atMostMs = deadlineMs + host.limits.closingMs;
    const isClean = await atMost(host, atMostMs, drain(team, deadlineMs));
    if (!isClean) say(host.log, 'team.late', {});
  } catch (error) {
    say(host.log, 'team.unstoppable', { error });
  }
}

/** Ends a team: all who wait for it are told why. The journal is closed by who opened it. */
export function endTeam({ host, behaviours }: Stoppable, reason: unknown): void {
  host.end(reason);
  behaviours.office.end(reason);
}

/** Lets what is under way be recorded; on a busy file too, what is left is aborted in time. */
async function drain({ host, behaviours }: Stoppable, deadlineMs: number): Promise<void> {
  const system = host.find(systemAddress);
  const until = host.clock.now() + deadlineMs;
  const invoked = host.promises.drain();
  const begun = host.enter('stop', (stage) => stage.send(systemAddress, { type: 'system.drain' }));
  await atMost(host, deadlineMs, begun);
  const leftMs = Math.max(0, until - host.clock.now());
  await Promise.all([
    behaviours.workers.drain(leftMs),
    behaviours.handling.drain(leftMs),
    drainPromises(host, invoked, leftMs),
  ]);
  await begun;
  await host.enter('stop', (stage) => stage.send(systemAddress, { type: 'system.drained' }));
  // Its turn may come in a later group.
  while (system?.isDone === false) await host.enter('stop', () => undefined);
}

/** What machines invoked may end; at the deadline it is aborted and runs again later. */
async function drainPromises(
  host: LocalHost,
  invoked: Promise<void>,
  leftMs: number,
): Promise<void> {
  if (await atMost(host, leftMs, invoked)) return;
  host.promises.abort(troupeError('STOPPED', { state: 'stopping', call: 'an invoked promise' }));
}

/** Waits for what may take too long; whether it came in time. @throws what that throws. */
async function atMost(host: LocalHost, ms: number, what: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const endTimer = host.clock.after(ms, () => late.resolve(false));
  try {
    return await Promise.race([what.then(() => true), late.promise]);
  } finally {
    endTimer();
  }
}
