/**
 * Pausing: a run stands still and goes on later, with all below it.
 *
 * Paused, it is BLOCKED: no step, attempt or child run begins, work under way is aborted and begins
 * from the top when it goes on, recorded steps answering. Both moves may be made again.
 */

import type { Cell } from '../../actor/index.ts';
import type { Host } from '../../engine/index.ts';
import { statusOf } from '../../engine/index.ts';
import type { Address } from '../../protocol/index.ts';
import { isFinal, runIdOf, troupeError } from '../../protocol/index.ts';
import { whenIdle } from './moves.ts';

/** Pauses a run; nothing when it is paused already. */
export const pauseRun = (host: Host, address: Address): Promise<void> =>
  whenIdle(host, address, 'pause', (stage, cell) => {
    checkLive(cell, 'pause');
    if (cell.snapshot.context.isPaused === true) return;
    stage.send(address, { type: 'run.pause', above: false });
  });

/** Lets a paused run go on; nothing when it is not paused. */
export const resumeRun = (host: Host, address: Address): Promise<void> =>
  whenIdle(host, address, 'resume', (stage, cell) => {
    checkLive(cell, 'resume');
    const { isPaused, isPausedAbove } = cell.snapshot.context;
    if (isPaused === true) stage.send(address, { type: 'run.resume', above: false });
    else if (isPausedAbove === true) throw refusal(cell, 'paused with the run above it', 'resume');
  });

function checkLive(cell: Cell, event: string): void {
  if (!ours.has(cell.identity.kind)) {
    throw refusal(cell, 'driven by its own machine', event);
  }
  const state = statusOf(cell.snapshot);
  if (isFinal(state)) throw refusal(cell, state, event);
}

/** Kinds of runs that pause. */
const ours: ReadonlySet<string> = new Set(['task', 'workflow', 'approval']);

const refusal = (cell: Cell, state: string, event: string) =>
  troupeError('ILLEGAL_MOVE', { run: runIdOf(cell.address), state, event });
