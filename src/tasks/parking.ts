/**
 * Parking: a task that can't go on holds up nobody else. Its slot, or its place among those that
 * wait for one, goes to others; when it goes on it asks for a slot anew.
 */
import { botOf, slotOf, type TaskContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import type { Stage } from '../engine/index.ts';

/** Gives away the slot of a task that was parked; the time of its work stands still. */
export function giveSlotAway(stage: Stage, cell: Cell): void {
  if (cell.identity.kind !== 'task') return;
  if (cell.snapshot.hasTag('timed')) stage.clearTimers(cell);
  const context: TaskContext = cell.snapshot.context;
  const slot = slotOf(context);
  for (const bot of botOf(context)) {
    stage.withdraw(bot, slot);
    stage.send(bot, { type: 'slot.release', slot });
  }
}
