/** The guards, actions, effects and delays of the workflow machine, by name; see `workflow.ts`. */
import { assign, raise, setup } from 'xstate';
import { isComplete, settleStep } from '../src/policies/index.ts';
import {
  effect,
  type Outcome,
  type RecordParams,
  type SendParams,
  type WatchParams,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../src/protocol/index.ts';
import * as run from './run.ts';
import { numberOf, ranUntil, started, type WorkflowContext } from './workflow-steps.ts';

type EventOf<Type extends WorkflowEvent['type']> = Extract<WorkflowEvent, { type: Type }>;

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
    isDone: ({ context }) => isComplete(context.steps),
    isStarted: ({ context }, p: EventOf<'child.settled'>) =>
      context.steps.progress[numberOf(context, p.step)] === 'S',
    isCompleted: ({ context }, p: EventOf<'child.settled'>) =>
      p.outcome.status === 'COMPLETED' && context.steps.progress[numberOf(context, p.step)] === 'S',
    isLastWait: run.isLastWait,
    isWaitMet: run.isWaitMet,
    failsWithIt: run.failsWithIt,
    isSkippedWithIt: run.isSkippedWithIt,
  },
  actions: {
    send: effect<SendParams>(),
    record: effect<RecordParams>(),
    watch: effect<WatchParams>(),
    /** Tells whoever watches that it is due and has not ended. */
    overdue: effect<{ dueAt: number | null }>(),
    /** After a pause: starts the steps that were to be started and have no run. */
    startMissing: effect<undefined>(),
    remind: raise({ type: 'run.overdue' }, { id: 'due', delay: (its) => run.dueMs(its) }),
    noteReminder: assign({ isReminded: true }),
    noteOverdue: assign({ isOverdue: true }),
    noteRested: assign({ hasRested: true }),
    notePause: assign(run.asPaused),
    noteResume: assign(run.asResumed),
    /** Its time-out stands still; what it has started stays started. */
    noteSetAside: assign(({ context }, p: EventOf<'run.pause'>) => ({
      resuming: true,
      ranMs: ranUntil(context, p.at),
    })),
    /** Makes the inputs of these steps and starts their runs. */
    start: effect<{ steps: readonly string[] }>(),
    /** Makes the result and answers `workflow.finished` or `workflow.failed`. */
    finish: effect<undefined>(),
    begin: assign(({ context }, p: { at: number }) =>
      context.resuming === true
        ? {
            resuming: undefined,
            runningSince: p.at,
            ...started(context, context.steps),
            starting: [],
          }
        : { startedAt: p.at, ...started(context, context.steps) },
    ),
    /** A step ended while nothing is started. */
    noteStepEnd: assign(({ context }, p: EventOf<'child.settled'>) => {
      const completed = p.outcome.status === 'COMPLETED';
      const index = numberOf(context, p.step);
      return {
        steps: settleStep(context.spec.plan, context.steps, index, completed),
        starting: [],
      };
    }),
    noteStep: assign(({ context }, p: EventOf<'child.settled'>) => {
      const index = numberOf(context, p.step);
      const completed = p.outcome.status === 'COMPLETED';
      const steps = settleStep(context.spec.plan, context.steps, index, completed);
      return completed ? started(context, steps) : { steps, starting: [] };
    }),
    noteWaitMet: assign((its, p: run.Settled) => run.withWaitMet(its, p)),
    noteResult: assign((_, p: EventOf<'workflow.finished'>) => ({
      result: p.result,
      completedAt: p.at,
    })),
    noteError: assign(run.asFailed),
    noteCancel: assign(run.asCancelled),
  },
  delays: {
    timeoutMs: ({ context }) => Math.max(0, (context.spec.timeoutMs ?? 0) - (context.ranMs ?? 0)),
    restMs: run.restMs,
  },
});
