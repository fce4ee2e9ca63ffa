/** Post: what machines send each other, in one lane, so that nothing overtakes anything. */
import type { Cell, Hosted, InnerRef } from '../../actor/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import { type ActorEvent, type MachineChildSpec, troupeError } from '../../protocol/index.ts';
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
  } else if (!isLooping(stage, cell, event)) {
    const putting = priority === undefined ? {} : { priority };
    stage.put(cell, { ...stage.mailOf(event, putting), hops: stage.hops + 1 });
  }
}

/** Whether mail tells how a child ended. */
export const isEnd = ({ origin, event }: Mail): boolean =>
  origin !== undefined && !event.type.startsWith('xstate.snapshot.');

/** Ends a loop of machines: what would go on with it is dead, and an incident tells of it. */
function isLooping(stage: HostedStage, to: Cell, event: ActorEvent): boolean {
  const { hops } = stage;
  if (hops < stage.hopsMax) return false;
  const { code, message } = troupeError('MACHINE_LOOP', { actor: to.address, hops });
  stage.bury(to.address, event, 'looping', message);
  stage.incident({ about: to.address, code, message });
  return true;
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
export function showParent(stage: HostedStage, cell: Cell, { self: { id } }: Hosted): void {
  const parent = stage.find(parentAddress(cell.address));
  if (parent === undefined || parent.isDone) return;
  const event = { type: `xstate.snapshot.${id}`, snapshot: stateOf(cell.snapshot) };
  tellOf(stage, parent, { child: id, entry: cell.identity.generation }, event);
}

/** Tells a machine of one life of its child; that may be a link of a loop as well. */
export function tellOf(
  stage: HostedStage,
  parent: Cell,
  origin: { readonly child: string; readonly entry: number },
  event: ActorEvent,
): void {
  if (isLooping(stage, parent, event)) return;
  stage.put(parent, { ...stage.mailOf(event, {}), origin, hops: stage.hops + 1 });
}

/** What the host tells the actor of a user's machine must not look like the user's own events. */
export const asControl = (event: ActorEvent): ActorEvent => ({
  ...event,
  type: `troupe.${event.type}`,
});
