/** Post: what machines send each other, in one lane, so that nothing overtakes anything. */
import type { Cell, InnerRef } from '../../actor/index.ts';
import type { ActorEvent, MachineChildSpec } from '../../protocol/index.ts';
import { parentAddress, stateOf } from '../hosted/index.ts';
import type { HostedStage } from './hosted-stage.ts';

/** Sends an event to the actor that a reference names, or to the dead letters. */
export function post(stage: HostedStage, to: InnerRef, event: ActorEvent, priority?: number): void {
  const cell = stage.find(to.address);
  if (cell === undefined) {
    // As in XState, a promise takes no events and nobody minds.
    if (stage.find(parentAddress(to.address))?.hosted?.children.has(to.id) === true) return;
    stage.bury(to.address, event, 'unknown-recipient', '');
  } else if (cell.isDone || (to.generation !== 0 && cell.identity.generation !== to.generation)) {
    stage.bury(to.address, event, 'stopped', '');
  } else if (stage.hops >= stage.hopsMax) {
    const message = `${cell.address} sent on what came to it ${stage.hops} times in a row.`;
    stage.bury(to.address, event, 'looping', message);
    stage.incident({ about: cell.address, code: 'MACHINE_LOOP', message });
  } else {
    const putting = priority === undefined ? {} : { priority };
    stage.put(cell, { ...stage.mailOf(event, putting), hops: stage.hops + 1 });
  }
}

/** Tells the machine that started it how a child ended; one that was stopped tells nobody. */
export function tellParent(stage: HostedStage, cell: Cell, { id }: MachineChildSpec): void {
  const { status, output, error } = cell.snapshot;
  if (status === 'stopped') return;
  const event =
    status === 'done'
      ? { type: `xstate.done.actor.${id}`, output, actorId: id }
      : { type: `xstate.error.actor.${id}`, error, actorId: id };
  const parent = stage.find(parentAddress(cell.address));
  if (parent === undefined || parent.isDone) return;
  tellOf(stage, parent, { child: id, entry: cell.identity.generation }, event);
}

/** Shows its snapshot to the machine that started it and wants to see it. */
export function showParent(stage: HostedStage, cell: Cell, { id, sync }: MachineChildSpec): void {
  if (!sync) return;
  const parent = stage.find(parentAddress(cell.address));
  if (parent === undefined || parent.isDone) return;
  const event = { type: `xstate.snapshot.${id}`, snapshot: stateOf(cell.snapshot) };
  tellOf(stage, parent, { child: id, entry: cell.identity.generation }, event);
}

/** Tells a machine of one life of its child. */
export function tellOf(
  stage: HostedStage,
  parent: Cell,
  origin: { readonly child: string; readonly entry: number },
  event: ActorEvent,
): void {
  stage.put(parent, { ...stage.mailOf(event, {}), origin, hops: stage.hops + 1 });
}
