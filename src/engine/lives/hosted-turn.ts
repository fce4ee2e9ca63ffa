/**
 * The turn of a user's machine: a step on an event, unless the host itself speaks, or the event
 * tells of a child that is no more.
 */
import type { Cell, Hosted } from '../../actor/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import type { ActorEvent } from '../../protocol/index.ts';
import type { HostedStage } from './hosted-stage.ts';
import type { Lives } from './lives.ts';
import { isEnd } from './post.ts';
import { armAgain } from './revive.ts';

/** Takes a turn. @throws what the machine throws, with nothing staged. */
export function hostedTurn(
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  mail: Mail,
  lives: Lives,
): void {
  const { event, origin } = mail;
  if (event.type.startsWith('troupe.')) {
    control(stage, cell, event, lives);
    return;
  }
  if (origin !== undefined && !isOfLiving(hosted, origin)) return;
  const ending = isEnd(mail) ? origin : undefined;
  const decision = lives.step(cell, hosted, event, ending?.entry);
  const isTaken = lives.apply(stage, cell, event, decision);
  if (isTaken && ending !== undefined) end(hosted, ending, event);
}

/**
 * What nobody does a second time comes again after a turn that was undone: the firing of a timer,
 * the end of a machine below. A promise is run again.
 */
export function comeAgain(stage: HostedStage, cell: Cell, hosted: Hosted, mail: Mail): void {
  armAgain(stage, cell, mail);
  const { event, origin, hops = 0 } = mail;
  if (origin === undefined || !isEnd(mail) || !isOfLiving(hosted, origin)) return;
  if (hosted.children.get(origin.child)?.kind !== 'machine') return;
  stage.put(cell, { ...stage.mailOf(event, {}), origin, hops });
}

/** What the host tells an actor. What it need not know is applied and changes nothing. */
function control(stage: HostedStage, cell: Cell, event: ActorEvent, lives: Lives): void {
  if (event.type === 'troupe.run.cancel') {
    lives.cancel(stage, cell, event);
  } else if (event.type === 'troupe.stop') {
    lives.stop(stage, cell, 'stopped by its parent');
  } else if (event.type === 'troupe.failed') {
    lives.fail(stage, cell, event, event.error);
  }
}

type Origin = Required<Mail>['origin'];

/** A late result of an earlier life of a child is dropped. */
function isOfLiving({ children }: Hosted, { child, entry }: Origin): boolean {
  const known = children.get(child);
  return known !== undefined && known.entry === entry && known.ended === undefined;
}

/**
 * A child that ended stays among the children until it is stopped, as in XState. In a run that
 * starts anew instead it has not ended: it is started again.
 */
function end({ children }: Hosted, origin: Origin, event: ActorEvent): void {
  const { child: id, entry } = origin;
  const child = children.get(id);
  if (child === undefined || child.entry !== entry) return;
  const status = event.type.startsWith('xstate.done.') ? 'done' : 'error';
  const value = child.kind === 'promise' ? (event.output ?? event.error) : undefined;
  children.set(id, { ...child, ended: { status, ...(value === undefined ? {} : { value }) } });
}
