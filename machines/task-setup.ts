/**
 * The guards, actions, effects and delays of the task machine, by name.
 * The chart that uses them is in `task.ts`, `task-pending.ts`, `task-blocked.ts` and
 * `task-progress.ts`; what they work on is in `task-context.ts`.
 */
import { assign, cancel, raise, setup } from 'xstate';
import { backoffMs } from '../src/policies/index.ts';
import {
  type Address,
  effect,
  type Outcome,
  type RecordParams,
  type SendParams,
  type StageMove,
  type TaskEvent,
  type TaskSpec,
  type WatchParams,
  type WithdrawParams,
} from '../src/protocol/index.ts';
import * as run from './run.ts';
import { isStageMove, withStage } from './stages.ts';
import {
  byHandOf,
  type EventOf,
  hasLimit,
  limitLeft,
  openChildren,
  overrunFailure,
  progressAfter,
  ranUntil,
  silentUntil,
  slotOf,
  type TaskContext,
  triesOf,
  withChild,
  withoutChild,
} from './task-context.ts';
import * as handoff from './task-handoff.ts';

/** The event as an action's data. */
export const itsEvent = <E>({ event }: { event: E }): E => event;

/** It is driven by hand, and an attempt is to begin: it rests in ASSIGNED. */
const isForHands = (context: TaskContext): boolean =>
  byHandOf(context) !== undefined && context.resuming !== true;

/** Guards, actions, effects and delays of the task machine. */
export const taskSetup = setup({
  types: {} as {
    input: TaskSpec;
    context: TaskContext;
    events: TaskEvent;
    output: Outcome;
    tags: 'active' | 'timed';
  },
  guards: {
    isPlanned: (its) => run.mustRemind(its) || run.isEarly(its),
    mustRemind: run.mustRemind,
    isEarly: run.isEarly,
    staysPaused: run.staysPaused,
    mustWait: run.mustWait,
    needsNoBot: ({ context }) => context.spec.route === 'none',
    needsRoute: ({ context }) => context.assignedTo === undefined,
    isResuming: ({ context }) => context.resuming === true,
    isLastWait: run.isLastWait,
    isWaitMet: run.isWaitMet,
    failsWithIt: run.failsWithIt,
    isSkippedWithIt: run.isSkippedWithIt,
    isStageMove,
    isAsked: ({ context }, p: EventOf<'task.assigned'>) => p.slot === slotOf(context),
    isCurrent: ({ context }, p: { attempt: number }) => p.attempt === context.attempts,
    canRetry: ({ context }, p: EventOf<'task.fail'>) =>
      p.attempt === context.attempts &&
      p.error.retryable &&
      triesOf(context) < context.spec.retry.attempts,
    /** It goes on by itself, within a limit in time. */
    isWorkLimited: ({ context }) => hasLimit(context) && !isForHands(context),
    isWork: ({ context }) => !isForHands(context),
    hasLimit: ({ context }) => hasLimit(context),
    /** A sign of life that is waited for. */
    isAwaitedSign: ({ context }, p: { attempt: number }) =>
      p.attempt === context.attempts && byHandOf(context)?.heartbeatMs !== undefined,
    canTryAgain: ({ context }) => triesOf(context) < context.spec.retry.attempts,
    mayBeHandedOn: handoff.mayBeHandedOn,
    isOpenHandoff: handoff.isOpenHandoff,
    isHandedOnResuming: (its, p: EventOf<'handoff.accepted'>) =>
      its.context.resuming === true && handoff.isOpenHandoff(its, p),
    isAwaitedAnswer: handoff.isAwaitedAnswer,
    isOfThisBot: handoff.isOfThisBot,
    isOfEarlierBot: (its, p: { readonly step: string }) => !handoff.isOfThisBot(its, p),
    waitsForChildren: ({ context }, p: EventOf<'task.block'>) =>
      p.attempt === context.attempts && openChildren(context).length > 0,
  },
  actions: {
    send: effect<SendParams>(),
    withdraw: effect<WithdrawParams>(),
    record: effect<RecordParams>(),
    watch: effect<WatchParams>(),
    /** Chooses a bot and answers with `task.routed`, or `task.unroutable`. */
    route: effect<undefined>(),
    /** Begins the work, or lets it go on; nothing for a run that is driven by hand. */
    run: effect<{ attempt: number }>(),
    /** Aborts the work; the slot is released once the work has settled. */
    abort: effect<{ reason: string; bots: readonly Address[]; slot: string }>(),
    /** Tells whoever watches that it is due and has not ended. */
    overdue: effect<{ dueAt: number | null }>(),
    remind: raise({ type: 'run.overdue' }, { id: 'due', delay: (its) => run.dueMs(its) }),
    /** Under plain XState two timers of one id would both fire. */
    forgetReminder: cancel('due'),
    noteReminder: assign({ isReminded: true }),
    noteOverdue: assign({ isOverdue: true }),
    noteRested: assign({ hasRested: true }),
    notePause: assign(run.asPaused),
    noteResume: assign(run.asResumed),
    /** What has run of the attempt is kept; it goes on after the pause. */
    noteSetAside: assign(({ context }, p: EventOf<'run.pause'>) => ({
      resuming: true,
      ranMs: ranUntil(context, p.at),
    })),
    noteWaitMet: assign((its, p: run.Settled) => run.withWaitMet(its, p)),
    noteRoute: assign((_, p: EventOf<'task.routed'>) => ({ assignedTo: p.bot, byHand: p.byHand })),
    /** A routed one may go to another bot; a pinned one pauses and asks the same bot again. */
    noteDecline: assign(({ context }, p: EventOf<'task.decline'>) => {
      const { assignedTo, declines = 0, declinedBy = [], spec } = context;
      const pauseMs = backoffMs(declines + 1, spec.retry, 1);
      const noted = { declines: declines + 1, note: p.reason, pauseMs };
      if (spec.route !== 'routed' || assignedTo === undefined) return noted;
      const others = declinedBy.filter((bot) => bot !== assignedTo);
      return {
        ...noted,
        declinedBy: [...others, assignedTo],
        assignedTo: undefined,
        byHand: undefined,
        handoff: undefined,
      };
    }),
    numberSlot: assign({ slots: ({ context }) => context.slots + 1 }),
    begin: assign(({ context }, p: { at: number }) =>
      context.resuming === true
        ? { resuming: undefined, runningSince: p.at, silentMs: undefined }
        : {
            attempts: context.attempts + 1,
            leastProgress: context.progress,
            startedAt: context.startedAt ?? p.at,
            runningSince: p.at,
            ranMs: undefined,
            silentMs: undefined,
          },
    ),
    noteReport: assign(({ context }, p: EventOf<'task.report'>) => ({
      progress: progressAfter(context, p),
      note: p.note ?? context.note,
      confidence: p.confidence ?? context.confidence,
      learnings: [...(context.learnings ?? []), ...(p.learnings ?? [])],
      quality: p.quality ?? context.quality,
      cost: p.cost === undefined ? context.cost : (context.cost ?? 0) + p.cost,
    })),
    /** It lives: its silence is counted from now on. */
    noteSign: assign(({ context }, p: { at: number }) => ({
      ranMs: ranUntil(context, p.at),
      runningSince: p.at,
      silentMs: undefined,
    })),
    noteStep: assign({ steps: ({ context }) => (context.steps ?? 0) + 1 }),
    noteChild: assign({
      children: ({ context }, p: EventOf<'child.started'>) => withChild(context, p.step),
    }),
    /** What others do that is no run, such as an answer, is named with `~`. */
    forgetChild: assign(({ context }, p: EventOf<'child.settled'>) => ({
      children: withoutChild(context, p.step),
      steps: (context.steps ?? 0) + 1,
      settled: p.step.startsWith('~') ? context.settled : (context.settled ?? 0) + 1,
      ...(openChildren(context).includes(p.step) ? run.withCost(context, p.step, p.outcome) : {}),
    })),
    noteBlocked: assign(({ context }, p: EventOf<'task.block'>) => ({
      resuming: true,
      ranMs: ranUntil(context, p.at),
    })),
    /** Nobody worked from `until` to `at`, and nobody could give a sign. */
    noteRecovered: assign(({ context }, p: EventOf<'host.recovered'>) => ({
      ranMs: ranUntil(context, p.until),
      silentMs: silentUntil(context, p.until),
      runningSince: p.at,
    })),
    /** The time since it was begun last does not count: it was parked for most of it. */
    noteUnparked: assign({ resuming: true, isReminded: undefined }),
    noteResult: assign((_, p: EventOf<'task.complete'>) => ({
      result: p.result,
      progress: 1,
      lastError: undefined,
      recovery: undefined,
      completedAt: p.at,
    })),
    noteFailure: assign(({ context }, p: EventOf<'task.fail'>) => ({
      lastError: p.error,
      recovery: p.error.recovery,
      pauseMs: backoffMs(triesOf(context), context.spec.retry, p.chance),
    })),
    /** The longest pause: the firing of a timer brings no chance. */
    noteOverrun: assign(({ context }) => ({
      lastError: overrunFailure(context),
      recovery: undefined,
      pauseMs: backoffMs(triesOf(context), context.spec.retry, 1),
    })),
    noteError: assign((its, p: run.Failing) => ({
      ...run.asFailed(its, p),
      recovery: p.error.recovery,
    })),
    noteHandoff: assign(handoff.asAsked),
    noteKept: assign(handoff.asKept),
    noteMove: assign(handoff.asMoved),
    noteCancel: assign(run.asCancelled),
    noteStage: assign((its, p: StageMove) => withStage(its, p)),
  },
  delays: {
    pauseMs: ({ context }) => context.pauseMs ?? 0,
    restMs: run.restMs,
    timeLeftMs: ({ context }) => limitLeft(context),
  },
});
