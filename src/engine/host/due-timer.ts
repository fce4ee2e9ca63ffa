/** A timer that is due: its firing is mail, unless it is the host's own to act on. */
import type { Cell } from '../../actor/index.ts';
import type { ArmedTimer } from '../../delivery/index.ts';
import { said } from '../../protocol/index.ts';
import type { Group } from '../group/group.ts';
import { isDelivery } from '../hosted/index.ts';
import { type Lives, post } from '../lives/index.ts';

/** Takes in a timer that is due. That of a machine which is parked waits until it goes on. */
export function dueTimer(group: Group, cell: Cell, due: ArmedTimer, lives: Lives): void {
  const { timer, arming, event } = due;
  if (cell.hosted === undefined) {
    group.put(cell, { ...group.mailOf({ ...event, at: group.now }, {}), timer, arming });
  } else if (cell.parked !== '') {
    return;
  } else if (isDelivery(event)) {
    if (group.clearFired(cell.actor, due)) post(group, event.to, event.event);
  } else if (event.type === 'troupe.restart') {
    if (group.clearFired(cell.actor, due)) restart(group, cell, due, lives);
  } else {
    group.put(cell, { ...group.mailOf(event, {}), timer, arming });
  }
}

/** The pause of a run is over. One that can't start anew is parked, and its restart waits. */
function restart(group: Group, cell: Cell, { timer, event }: ArmedTimer, lives: Lives): void {
  const { staged } = group;
  try {
    lives.restart(group, cell, cell.hosted?.life.pausing ?? 'snapshot');
  } catch (error) {
    // What is half done must not be committed with the rest.
    if (group.staged !== staged) throw error;
    group.changeTimer(cell, { timer, delayMs: 0, event });
    group.park(cell, said(error));
  }
}
