/**
 * What an approval remembers, and the guards, actions, effects and delays of its machine, by name;
 * the chart that uses them is in `approval.ts` and `approval-blocked.ts`.
 *
 * Its times count how long the person could see the question: pauses do not count, downtime does.
 */
import { assign, cancel, raise, setup } from 'xstate';
import {
  type ApprovalEvent,
  type ApprovalSpec,
  asAddress,
  codedFailure,
  effect,
  type Failure,
  type Outcome,
  runIdOf,
  type SendParams,
  type WatchParams,
} from '../src/protocol/index.ts';
import * as run from './run.ts';

/** What an approval remembers beside its spec. `startedAt` is when the person was asked. */
export interface ApprovalContext extends run.RunContext<ApprovalSpec> {
  /** Since when the person can see it, and how long they could before that, pauses left out. */
  readonly waitingSince?: number | undefined;
  readonly waitedMs?: number | undefined;
  /** Reminders so far, and how long it had waited at the last one. */
  readonly reminders?: number | undefined;
  readonly remindedMs?: number | undefined;
  /** What the person said. */
  readonly decision?: Decided | undefined;
}

/** A decision that was taken. */
export interface Decided {
  readonly approve: boolean;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly comment?: string | undefined;
}

type EventOf<Type extends ApprovalEvent['type']> = Extract<ApprovalEvent, { type: Type }>;

/** The event as an action's data. */
export const itsEvent = <E>({ event }: { event: E }): E => event;

/** Guards, actions, effects and delays of the approval machine. */
export const approvalSetup = setup({
  types: {} as {
    input: ApprovalSpec;
    context: ApprovalContext;
    events: ApprovalEvent;
    output: Outcome;
  },
  guards: {
    mustRemind: run.mustRemind,
    isEarly: run.isEarly,
    staysPaused: run.staysPaused,
    mustWait: run.mustWait,
    isLastWait: run.isLastWait,
    isWaitMet: run.isWaitMet,
    failsWithIt: run.failsWithIt,
    isSkippedWithIt: run.isSkippedWithIt,
    wasAsked: ({ context }) => context.startedAt !== undefined,
    isYes: ({ context }, p: EventOf<'approval.decide'>) =>
      p.approve && context.startedAt !== undefined,
    isNo: ({ context }, p: EventOf<'approval.decide'>) =>
      !p.approve && context.startedAt !== undefined,
    canExpire: ({ context }) => context.spec.expiresInMs !== undefined,
    isReminded: ({ context }) => context.spec.remindEveryMs !== undefined,
  },
  actions: {
    send: effect<SendParams>(),
    watch: effect<WatchParams>(),
    /** Tells whoever watches that it is due and has not ended. */
    overdue: effect<{ dueAt: number | null }>(),
    /** Tells whoever watches that nobody has decided yet. */
    remind: effect<{ reminders: number }>(),
    remindOfDue: raise({ type: 'run.overdue' }, { id: 'due', delay: (its) => run.dueMs(its) }),
    noteReminder: assign({ isReminded: true }),
    noteOverdue: assign({ isOverdue: true }),
    noteRested: assign({ hasRested: true }),
    notePause: assign(run.asPaused),
    noteResume: assign(run.asResumed),
    noteWaitMet: assign((its, p: run.Settled) => run.withWaitMet(its, p)),
    noteAsked: assign(({ context }, p: { at: number }) => ({
      startedAt: context.startedAt ?? p.at,
      waitingSince: p.at,
    })),
    /** Its times stand still. */
    noteSetAside: assign(({ context }, p: { at: number }) => ({
      waitingSince: undefined,
      waitedMs: waitedUntil(context, p.at),
    })),
    armExpiry: raise({ type: 'approval.expire' }, { id: 'expire', delay: 'expiryMs' }),
    armReminder: raise({ type: 'approval.remind' }, { id: 'remind', delay: 'reminderMs' }),
    /** Under plain XState two timers of one id would both fire. */
    forgetReminder: cancel('remind'),
    forgetExpiry: cancel('expire'),
    /** Those that were missed while no process ran are not made up for. */
    noteReminded: assign(({ context }, p: EventOf<'approval.remind'>) => ({
      reminders: (context.reminders ?? 0) + 1,
      remindedMs: Math.max(nextReminderMs(context), waitedUntil(context, p.at)),
    })),
    noteYes: assign(({ context }, p: EventOf<'approval.decide'>) => ({
      decision: decided(p),
      result: context.spec.takesAnswer === true ? p.answer : approved(p),
      completedAt: p.at,
    })),
    noteNo: assign(({ context }, p: EventOf<'approval.decide'>) => ({
      decision: decided(p),
      error: rejection(context, p),
      completedAt: p.at,
    })),
    noteError: assign(run.asFailed),
    noteCancel: assign(run.asCancelled),
  },
  delays: {
    restMs: run.restMs,
    /** From when the person can see it (again). */
    expiryMs: ({ context }) => left(context, context.spec.expiresInMs ?? 0),
    /** From then, or from the last reminder, whichever is later. */
    reminderMs: ({ context }) =>
      Math.max(
        0,
        nextReminderMs(context) - Math.max(context.waitedMs ?? 0, context.remindedMs ?? 0),
      ),
  },
});

/** The id by which people name it. */
const idOf = ({ spec }: ApprovalContext): string => runIdOf(asAddress(spec.run));

/** How long the person could see it until a time. */
const waitedUntil = ({ waitedMs = 0, waitingSince }: ApprovalContext, until = 0): number =>
  waitedMs + Math.max(0, until - (waitingSince ?? until));

/** How long it will have waited at the next reminder. */
const nextReminderMs = ({ remindedMs = 0, spec }: ApprovalContext): number =>
  remindedMs + (spec.remindEveryMs ?? 0);

/** Milliseconds from when the person can see it (again) until it has waited for so long. */
const left = ({ waitedMs = 0 }: ApprovalContext, totalMs: number): number =>
  Math.max(0, totalMs - waitedMs);

/** When it expires, if it is not paused before; undefined: never, or it is not to be seen now. */
export function expiresAt(context: ApprovalContext): number | undefined {
  const { expiresInMs } = context.spec;
  if (expiresInMs === undefined || context.waitingSince === undefined) return undefined;
  return context.waitingSince + left(context, expiresInMs);
}

/** Tells whoever runs above it that the person is asked. */
export const askedBelow = (context: ApprovalContext): SendParams =>
  run.passOnApproval(context, { path: [], approval: idOf(context) });

/** The same in its own history. */
export const askedHere = (context: ApprovalContext): SendParams => ({
  to: [asAddress(context.spec.run)],
  event: { type: 'approval.requested', path: [], approval: idOf(context) },
});

/** The end of an approval that nobody decided in time. */
export function expiry({
  context,
  event,
}: {
  readonly context: ApprovalContext;
  readonly event: { readonly type: string };
}): run.Failing {
  const at = run.timeOf(event, expiresAt(context) ?? context.spec.createdAt);
  const afterMs = context.spec.expiresInMs ?? 0;
  const error = codedFailure('APPROVAL_EXPIRED', { approval: idOf(context), afterMs, at });
  return { error: { ...error, at: context.spec.run }, at };
}

const decided = ({ approve, by, at, comment }: EventOf<'approval.decide'>): Decided => ({
  approve,
  by,
  at,
  ...(comment === undefined ? {} : { comment }),
});

const approved = ({ by, at, comment }: EventOf<'approval.decide'>) => ({
  approved: true,
  by,
  at,
  ...(comment === undefined ? {} : { comment }),
});

const rejection = (
  context: ApprovalContext,
  { by, comment }: EventOf<'approval.decide'>,
): Failure => ({
  ...codedFailure('REJECTED', { approval: idOf(context), by, comment }),
  at: context.spec.run,
});
