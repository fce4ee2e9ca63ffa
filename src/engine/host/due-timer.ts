/** A timer that is due: its firing is mail, unless it is the host's own to act on. */
import type { Cell } from '../../actor/index.ts';
import type { ArmedTimer } from '../../delivery/index.ts';
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
    const { pausing = 'snapshot' } = cell.hosted.life;
    if (group.clearFired(cell.actor, due)) lives.restart(group, cell, pausing);
  } else {
    group.put(cell, { ...group.mailOf(event, {}), timer, arming });
  }
}
