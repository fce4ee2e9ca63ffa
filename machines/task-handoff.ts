/**
 * Handoff of a task: it moves whole to another bot, or stays where it was.
 *
 * Attempts go on being numbered, so that what an earlier bot still says is stale; the policy counts
 * those of the bot that has the task. Child runs of the bot before are cancelled, for its work does
 * not go on; they stay children until they have settled, so that their cost is added up.
 * Invariants: at most one handoff is open; a task that ended has none.
 */
import {
  type Address,
  asAddress,
  childAddress,
  handoffsBefore,
  type SendParams,
} from '../src/protocol/index.ts';
import {
  type EventOf,
  openChildren,
  openRuns,
  slotOf,
  type TaskContext,
  withChild,
} from './task-context.ts';

interface Its {
  readonly context: TaskContext;
}

/** Guard: a bot has it, and nobody else is asked to take it. */
export const mayBeHandedOn = ({ context }: Its): boolean =>
  context.assignedTo !== undefined && context.handoff === undefined;

/** Guard: the open handoff is meant. */
export const isOpenHandoff = ({ context }: Its, p: { readonly handoff: string }): boolean =>
  p.handoff === context.handoff;

/** Guard: its work waits for the answer. */
export const isAwaitedAnswer = (its: Its, p: EventOf<'handoff.closed'>): boolean =>
  isOpenHandoff(its, p) && p.step !== null;

/** Guard: it was begun by the bot that has the task now. */
export const isOfThisBot = ({ context }: Its, p: { readonly step: string }): boolean =>
  handoffsBefore(p.step) === (context.handoffs ?? 0);

/** Assign: another bot is asked to take it. */
export const asAsked = ({ context }: Its, p: EventOf<'handoff.requested'>) => ({
  handoff: p.handoff,
  children: p.step === null ? context.children : withChild(context, p.step),
});

/** Assign: nobody took it. */
export const asKept = ({ context }: Its, { step }: EventOf<'handoff.closed'>) => ({
  handoff: undefined,
  children: step === null ? context.children : openChildren(context).filter((one) => one !== step),
});

/** Assign: another bot has it. */
export const asMoved = ({ context }: Its, p: EventOf<'handoff.accepted'>) => ({
  assignedTo: p.to,
  byHand: p.byHand,
  handoff: undefined,
  handoffs: (context.handoffs ?? 0) + 1,
  attemptsBefore: context.attempts,
  declines: undefined,
  declinedBy: undefined,
  children: openRuns(context),
  resuming: undefined,
  pauseMs: undefined,
  ranMs: undefined,
  silentMs: undefined,
});

/** What is recorded for the work that waits. */
export const answered = ({ event }: { readonly event: EventOf<'handoff.closed'> }) => ({
  step: event.step ?? '',
  value: event.answer,
});

/** Aborts the work that it leaves behind; the slot goes when that has settled. */
export const handedOff = (bots: readonly Address[], context: TaskContext) => ({
  reason: 'handed off',
  bots,
  slot: bots.length === 0 ? '' : slotOf(context),
});

/** Cancels the child runs of the bot that had it. */
export const dropChildren = (context: TaskContext): SendParams => ({
  to: openRuns(context)
    .filter((step) => isOfThisBot({ context }, { step }))
    .map((step) => childAddress(asAddress(context.spec.run), step)),
  event: cancellation,
});

/** Cancels a child run that such a bot had begun, which was told late. */
export const dropLate = (context: TaskContext, step: string): SendParams => ({
  to: [childAddress(asAddress(context.spec.run), step)],
  event: cancellation,
});

const cancellation = {
  type: 'run.cancel',
  reason: 'its run was handed off',
  orphan: false,
} as const;

/** A routed task that its bot declines goes to whom the route finds. */
export const declinedHandoff = (context: TaskContext): SendParams =>
  context.spec.route === 'routed'
    ? withdrawHandoff(context, `${context.assignedTo} declined it`)
    : { to: [], event: { type: 'handoff.withdraw', note: '' } };

/** Tells the open handoff that there is nothing to take any more. */
export const withdrawHandoff = (context: TaskContext, note: string): SendParams => ({
  to: context.handoff === undefined ? [] : [asAddress(context.handoff)],
  event: { type: 'handoff.withdraw', note },
});
