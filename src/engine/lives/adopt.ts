/**
 * Adopt: an actor that was migrated gets the timers that its states ask for. Those of states that
 * it is in no more are cleared, those that were armed before keep their time.
 */
import type { Cell } from '../../actor/index.ts';
import { timersOf } from '../versions/index.ts';
import type { HostedStage } from './hosted-stage.ts';

/** Settles the timers of an actor that is of another version now. */
export function adopt(stage: HostedStage, cell: Cell): void {
  if (cell.hosted?.isMigrated !== true) return;
  cell.hosted.isMigrated = false;
  stage.touch(cell);
  if (cell.snapshot.machine === undefined) return;
  const wanted = timersOf(cell.snapshot);
  const armed = new Set(stage.timersLeft(cell).map(({ timer }) => timer));
  const names = new Set(wanted.map(({ timer }) => timer));
  for (const timer of armed) {
    if (timer.startsWith('xstate.after.') && !names.has(timer)) stage.changeTimer(cell, { timer });
  }
  for (const { timer, delayMs } of wanted) {
    if (!armed.has(timer)) stage.changeTimer(cell, { timer, delayMs, event: { type: timer } });
  }
}
