/** The guards, actions, effects and delays of the workflow machine, by name; see `workflow.ts`. */
import { assign, raise, setup } from 'xstate';
import {
  asAddress,
  effect,
  type IncidentParams,
  type Outcome,
  type RecordParams,
  type SendParams,
  type Settlement,
  type StageMove,
  stepOfRun,
  type TellParams,
  type WatchParams,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../src/protocol/index.ts';
import * as run from './run.ts';
import { isStageMove, withStage } from './stages.ts';
import * as books from './workflow-books.ts';
import type { EventOf, WorkflowContext } from './workflow-context.ts';
import * as its from './workflow-context.ts';

/** The event as an action's data. */
export const itsEvent = <E>({ event }: { event: E }): E => event;

/** What actions and guards see. */
export interface Its {
  readonly context: WorkflowContext;
}

const canUndo = ({ context }: Its): boolean => its.mustUndo(context);

/** Guards, actions, effects and delays of the workflow machine. */
export const workflowSetup = setup({
  types: {} as {
    input: WorkflowSpec;
    context: WorkflowContext;
    events: WorkflowEvent;
    output: Outcome;
    tags: 'active';
  },
  guards: {
    mustRemind: run.mustRemind,
    isEarly: run.isEarly,
    staysPaused: run.staysPaused,
    mustWait: run.mustWait,
    hasTimeout: ({ context }) => context.spec.timeoutMs !== null,
    isLastWait: run.isLastWait,
    isWaitMet: run.isWaitMet,
    failsWithIt: run.failsWithIt,
    isSkippedWithIt: run.isSkippedWithIt,
    isStageMove,
    isDone: ({ context }) => its.verdict(context).is === 'complete',
    hasFailed: ({ context }) => {
      const { is } = its.verdict(context);
      return is === 'failed' || is === 'overspent';
    },
    /** The end of the run of a step that is under way. */
    isStarted: ({ context }, p: { step: string; outcome?: Settlement }) =>
      its.isUnderWay(context, p.step) &&
      (p.outcome?.status === 'FAILED' || !its.isJudging(context, p.step)),
    /** A result that a loop has to judge. */
    isLooped: ({ context }, p: EventOf<'child.settled'>) =>
      p.outcome.status === 'COMPLETED' &&
      context.spec.plan.steps[its.stepNumber(context, p.step)]?.loop === true &&
      its.isUnderWay(context, p.step) &&
      !its.isJudging(context, p.step),
    isJudged: ({ context }, p: { step: string }) =>
      its.isUnderWay(context, p.step) && its.isJudging(context, p.step),
    /** A result that no loop will judge any more: the run is on its way out. */
    isUnjudged: ({ context }, p: EventOf<'child.settled'>) =>
      its.isStopping(context) && p.outcome.status !== 'FAILED' && its.isJudging(context, p.step),
    /** The end of the run that undoes a step. */
    isUndo: ({ context }, p: { step: string }) => its.undoing(context) === p.step,
    /** It was worked out for the version that it is of. */
    isItsVersion: ({ context }, p: EventOf<'workflow.migrated'>) => context.spec.version === p.from,
    isTimedVersion: ({ context }, p: EventOf<'workflow.migrated'>) =>
      context.spec.version === p.from && context.spec.timeoutMs !== null,
    /** It ended badly and is on its way out. */
    isStopping: ({ context }) => its.isStopping(context),
    mustUndo: canUndo,
    /** It is to be cancelled, and what it did is to be undone first. */
    mustStop: ({ context }) => !its.isStopping(context) && its.mustUndo(context),
    isQuiet: ({ context }) => its.isQuiet(context),
    wasCancelled: ({ context }) => context.error === undefined,
    isLeftToUndo: ({ context }) => (context.undoable ?? []).length > 0,
  },
  actions: {
    send: effect<SendParams>(),
    record: effect<RecordParams>(),
    watch: effect<WatchParams>(),
    tellHistory: effect<TellParams>(),
    incident: effect<IncidentParams>(),
    /** Tells whoever watches that it is due and has not ended. */
    overdue: effect<{ dueAt: number | null }>(),
    /** Makes the inputs of these runs of steps and starts them. */
    start: effect<{ steps: readonly string[] }>(),
    /** What was decided before and has not been done: starts runs, judges results. */
    startMissing: effect<undefined>(),
    /** Asks the loop of a step whether its result is good. */
    judge: effect<{ step: string }>(),
    /** Steps that were decided and have no run will have none. */
    settleMissing: effect<undefined>(),
    /** Starts the run that undoes the step that completed last. */
    undo: effect<{ step: string }>(),
    /** Makes the result and answers `workflow.finished` or `workflow.failed`. */
    finish: effect<undefined>(),
    remind: raise({ type: 'run.overdue' }, { id: 'due', delay: (it) => run.dueMs(it) }),
    noteReminder: assign({ isReminded: true }),
    noteOverdue: assign({ isOverdue: true }),
    noteRested: assign({ hasRested: true }),
    notePause: assign(run.asPaused),
    noteResume: assign(run.asResumed),
    /** Its time-out stands still; what it has started stays started. */
    noteSetAside: assign(({ context }, p: { at: number }) => ({
      resuming: true,
      ranMs: its.ranUntil(context, p.at),
    })),
    noteMigrated: assign((_, p: EventOf<'workflow.migrated'>) => books.migrated(p)),
    begin: assign(({ context }, p: { at: number }) => books.begun(context, p.at)),
    noteStep: assign(({ context }, p: EventOf<'child.settled'>) => books.stepEnded(context, p)),
    noteStepEnd: assign(({ context }, p: EventOf<'child.settled'>) =>
      books.stepEndedQuietly(context, p),
    ),
    noteSkipped: assign(({ context }, p: EventOf<'step.skipped'>) =>
      books.stepSkipped(context, p.step),
    ),
    noteToJudge: assign(({ context }, p: EventOf<'child.settled'>) => books.toBeJudged(context, p)),
    noteJudged: assign(({ context }, p: EventOf<'step.judged'>) => books.stepJudged(context, p)),
    noteSkippedEnd: assign(({ context }, p: EventOf<'step.skipped'>) =>
      books.stepSkippedQuietly(context, p.step),
    ),
    noteJudgedEnd: assign(({ context }, p: EventOf<'step.judged'>) =>
      books.stepJudgedQuietly(context, p),
    ),
    noteUnjudged: assign(({ context }, p: EventOf<'child.settled'>) =>
      books.stepUnjudged(context, p),
    ),
    noteUndone: assign(({ context }, p: EventOf<'child.settled'>) => books.stepUndone(context, p)),
    noteStage: assign((it, p: StageMove) => withStage(it, p)),
    noteRated: assign(({ context }, p: EventOf<'step.rated'>) => books.rated(context, p)),
    noteWaitMet: assign((it, p: run.Settled) => run.withWaitMet(it, p)),
    noteResult: assign((_, p: EventOf<'workflow.finished'>) => ({
      result: p.result,
      completedAt: p.at,
    })),
    /** It fails, and ends when that is through. */
    noteFailure: assign(({ context }) => ({ error: its.planFailure(context) })),
    noteTimeout: assign(({ context }) => ({ error: its.timeoutFailure(context) })),
    noteNoResult: assign((_, p: EventOf<'workflow.failed'>) => ({ error: p.error })),
    noteStopping: assign((_, p: run.Cancelling) => books.stopping(p)),
    /** A cancel ends its pause. */
    forgetPause: assign({ isPaused: undefined, isPausedAbove: undefined }),
    /** Whoever waited for it has ended. */
    noteOrphan: assign(({ context }, p: run.Cancelling) => ({
      orphan: p.orphan ? true : context.orphan,
    })),
    noteEnd: assign((_, p: { at: number }) => ({ completedAt: p.at })),
    noteError: assign(run.asFailed),
    noteCancel: assign(run.asCancelled),
  },
  delays: {
    timeoutMs: ({ context }) => Math.max(0, (context.spec.timeoutMs ?? 0) - (context.ranMs ?? 0)),
    restMs: run.restMs,
  },
});

/** What the turn decided about steps, told in the run's history. */
export const tellSteps = {
  type: 'tellHistory',
  params: ({ context }: Its): TellParams => ({
    rows: [
      ...(context.omitted ?? []).map((step) => told(step, 'OMITTED')),
      ...context.starting.map((step) => told(step, 'STARTED')),
    ],
  }),
} as const;

/** That a step is being undone, told in the run's history. */
export const tellUndoing = {
  type: 'tellHistory',
  params: ({ context }: Its): TellParams => ({
    rows: [told(its.undoing(context) ?? '', 'UNDOING')],
  }),
} as const;

/** Starts the runs that the turn decided. */
export const startRuns = {
  type: 'start',
  params: ({ context }: Its) => ({ steps: context.starting }),
} as const;

/** Records how the run of a step ended, under the name of the step. */
export const recordEnd = {
  type: 'record',
  params: ({ context, event }: Its & { event: EventOf<'child.settled'> }): RecordParams => {
    const { name = event.step } =
      context.spec.plan.steps[its.stepNumber(context, event.step)] ?? {};
    return { step: name, value: { ...event.outcome, order: context.ended ?? 0 } };
  },
} as const;

/** It has ended. A timer brings no time: it fired when it was due. */
export const noteEndNow = {
  type: 'noteEnd',
  params: ({ context, event }: Its & { event: { readonly type: string } }) => ({
    at: run.timeOf(event, its.timeoutAt(context)),
  }),
} as const;

/** Opens an incident when a step could not be undone. */
export const alarm = {
  type: 'incident',
  params: ({ context, event }: { context: WorkflowContext; event: EventOf<'child.settled'> }) => ({
    incidents:
      event.outcome.status === 'COMPLETED'
        ? []
        : [
            {
              about: asAddress(context.spec.run),
              code: 'UNDO_FAILED',
              message: its.undoFailure(context, stepOfRun(event.step).step, event.outcome).message,
            },
          ],
  }),
} as const;

const told = (step: string, status: string) => ({ type: 'step.told', step, status });
