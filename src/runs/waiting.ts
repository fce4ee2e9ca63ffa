/**
 * Waiting for the end of a run. A time-out or a signal given here ends only the waiting.
 */
import type { Host } from '../engine/index.ts';
import { type Address, durationMs, type Outcome, runIdOf, troupeError } from '../protocol/index.ts';
import { checkWaitOptions, type WaitOptions } from './options.ts';
import { outcomeIn } from './status.ts';

/**
 * The outcome of a run, when it has ended.
 * @throws TroupeError `WAIT_TIMEOUT`, `WAIT_ABORTED`, `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`,
 *   `PARKED` when the run is parked already.
 */
export async function outcomeOf<Out>(
  host: Host,
  address: Address,
  given?: unknown,
): Promise<Outcome<Out>> {
  const wait = checkWaitOptions(given);
  const cell = host.find(address);
  const run = runIdOf(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run });
  if (cell.committed.status !== 'active') return ownCopy(outcomeIn<Out>(cell, cell.committed));
  if (cell.parked !== '') throw troupeError('PARKED', { run, reason: cell.parked });
  const { promise, resolve, reject } = Promise.withResolvers<Outcome<Out>>();
  const ends: (() => void)[] = [];
  const settle = (finish: () => void): void => {
    for (const end of ends) end();
    finish();
  };
  const unlisten = host.listen(address, {
    snapshot: (snapshot) => {
      if (snapshot.status === 'active') return;
      settle(() => resolve(ownCopy(outcomeIn<Out>(cell, snapshot))));
    },
    closed: (error) => settle(() => reject(error)),
  });
  if (unlisten !== undefined) ends.push(unlisten);
  limitWait(host, wait, `the end of ${run}`, ends, (error) => settle(() => reject(error)));
  return promise;
}

/** What a caller gets is its own: what it does to it reaches nobody else. */
function ownCopy<Out>(outcome: Outcome<Out>): Outcome<Out> {
  const isFlat = outcome.status === 'COMPLETED' && typeof outcome.result !== 'object';
  return isFlat ? { ...outcome } : structuredClone(outcome);
}

/** Ends a waiting when its time is up or its signal says so. */
export function limitWait(
  host: Host,
  { timeout, signal }: WaitOptions,
  what: string,
  ends: (() => void)[],
  give: (error: unknown) => void,
): void {
  if (timeout !== undefined) {
    const afterMs = durationMs(timeout);
    const late = () => give(troupeError('WAIT_TIMEOUT', { what, afterMs }));
    ends.push(host.clock.after(afterMs, late));
  }
  if (signal === undefined) return;
  const aborted = () => give(troupeError('WAIT_ABORTED', { what }, signal.reason));
  if (signal.aborted) {
    aborted();
    return;
  }
  signal.addEventListener('abort', aborted, { once: true });
  ends.push(() => signal.removeEventListener('abort', aborted));
}
