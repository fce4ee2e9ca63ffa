/**
 * What the task machine remembers, and its guards, actions, effects and delays by name.
 * The chart that uses them is in `task.ts`.
 */
import { assign, setup } from 'xstate';
import { backoffMs } from '../src/policies/index.ts';
import type {
  Failure,
  Outcome,
  RecordParams,
  SendParams,
  TaskEvent,
  TaskSpec,
  WatchParams,
  WithdrawParams,
} from '../src/protocol/index.ts';
import {
  type Address,
  asAddress,
  botAddress,
  childAddress,
  effect,
} from '../src/protocol/index.ts';
import * as run from './run.ts';

/**
 * What a task remembers beside its spec. What has not happened is absent, which keeps snapshots
 * small: most tasks never report, fail or wait.
 */
export interface TaskContext extends run.RunContext<TaskSpec> {
  /** Attempts begun. */
  readonly attempts: number;
  /** Slots asked for so far; numbers them. */
  readonly slots: number;
  /** Id of the bot that has it, or is to have it. */
  readonly assignedTo?: string | undefined;
  /** Names of the child runs that have not settled. */
  readonly children?: readonly string[] | undefined;
  /** It goes on after BLOCKED; no new attempt begins. */
  readonly resuming?: boolean | undefined;
  readonly progress?: number | undefined;
  readonly note?: string | undefined;
  readonly confidence?: number | undefined;
  readonly learnings?: readonly string[] | undefined;
  readonly cost?: number | undefined;
  /** Steps recorded. */
  readonly steps?: number | undefined;
  /** The last attempt's failure, kept while the next one runs. */
  readonly lastError?: Failure | undefined;
  /** What the failed work said about getting over it. */
  readonly recovery?: string | undefined;
  readonly pauseMs?: number | undefined;
  /** When this attempt last began to run, and how long it ran before that. */
  readonly runningSince?: number | undefined;
  readonly ranMs?: number | undefined;
}

/** The event of a type. */
type EventOf<Type extends TaskEvent['type']> = Extract<TaskEvent, { type: Type }>;

/** The slot it asked for last. */
export const slotOf = (context: TaskContext): string => `${context.spec.run}#${context.slots}`;
/** The bot that has it, as a list that is empty when there is none. */
export const botOf = (context: TaskContext): readonly Address[] =>
  context.assignedTo === undefined ? [] : [botAddress(context.assignedTo)];

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
    mustWait: run.mustWait,
    needsNoBot: ({ context }) => context.spec.route === 'none',
    needsRoute: ({ context }) => context.assignedTo === undefined,
    isResuming: ({ context }) => context.resuming === true,
    isLastWait: run.isLastWait,
    isWaitMet: run.isWaitMet,
    failsWithIt: run.failsWithIt,
    isSkippedWithIt: run.isSkippedWithIt,
    isAsked: ({ context }, p: EventOf<'task.assigned'>) => p.slot === slotOf(context),
    isCurrent: ({ context }, p: { attempt: number }) => p.attempt === context.attempts,
    canRetry: ({ context }, p: EventOf<'task.fail'>) =>
      p.attempt === context.attempts &&
      p.error.retryable &&
      context.attempts < context.spec.retry.attempts,
    hasTimeout: ({ context }) => context.spec.timeoutMs !== null,
    canTryAgain: ({ context }) => context.attempts < context.spec.retry.attempts,
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
    /** Begins the work, or lets it go on. */
    run: effect<{ attempt: number }>(),
    /** Aborts the work; the slot is released once the work has settled. */
    abort: effect<{ reason: string; bots: readonly Address[]; slot: string }>(),
    noteWaitMet: assign((its, p: run.Settled) => run.withWaitMet(its, p)),
    noteRoute: assign({ assignedTo: (_, p: EventOf<'task.routed'>) => p.bot }),
    numberSlot: assign({ slots: ({ context }) => context.slots + 1 }),
    begin: assign(({ context }, p: { at: number }) =>
      context.resuming === true
        ? { resuming: undefined, runningSince: p.at }
        : {
            attempts: context.attempts + 1,
            startedAt: context.startedAt ?? p.at,
            runningSince: p.at,
            ranMs: undefined,
          },
    ),
    noteReport: assign(({ context }, p: EventOf<'task.report'>) => ({
      progress: p.progress ?? context.progress,
      note: p.note ?? context.note,
      confidence: p.confidence ?? context.confidence,
      learnings: [...(context.learnings ?? []), ...(p.learnings ?? [])],
      cost: p.cost === undefined ? context.cost : (context.cost ?? 0) + p.cost,
    })),
    noteStep: assign({ steps: ({ context }) => (context.steps ?? 0) + 1 }),
    noteChild: assign({
      children: ({ context }, p: EventOf<'child.started'>) => withChild(context, p.step),
    }),
    forgetChild: assign({
      children: ({ context }, p: EventOf<'child.settled'>) => withoutChild(context, p.step),
      steps: ({ context }) => (context.steps ?? 0) + 1,
    }),
    noteBlocked: assign(({ context }, p: EventOf<'task.block'>) => ({
      resuming: true,
      ranMs: ranUntil(context, p.at),
    })),
    /** Nobody worked from `until` to `at`. */
    noteRecovered: assign(({ context }, p: EventOf<'host.recovered'>) => ({
      ranMs: ranUntil(context, p.until),
      runningSince: p.at,
    })),
    /** The time since it was begun last does not count: it was parked for most of it. */
    noteUnparked: assign({ resuming: true }),
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
      pauseMs: backoffMs(context.attempts, context.spec.retry, p.chance),
    })),
    /** The longest pause: the firing of a timer brings no chance. */
    noteTimeout: assign(({ context }) => ({
      lastError: timeoutFailure(context),
      recovery: undefined,
      pauseMs: backoffMs(context.attempts, context.spec.retry, 1),
    })),
    noteError: assign((its, p: run.Failing) => ({
      ...run.asFailed(its, p),
      recovery: p.error.recovery,
    })),
    noteCancel: assign(run.asCancelled),
  },
  delays: {
    pauseMs: ({ context }) => context.pauseMs ?? 0,
    timeLeftMs: ({ context }) => Math.max(0, (context.spec.timeoutMs ?? 0) - (context.ranMs ?? 0)),
  },
});

/** Gives its slot back. */
export const release = (context: TaskContext): SendParams => ({
  to: botOf(context),
  event: { type: 'slot.release', slot: slotOf(context) },
});

/** Takes back its request for a slot, in case that still waits. */
export const withdrawal = (context: TaskContext): WithdrawParams => ({
  from: botOf(context),
  key: slotOf(context),
});

/** How long this attempt has run until a time; never less than what is counted already. */
const ranUntil = (context: TaskContext, until: number): number =>
  (context.ranMs ?? 0) + Math.max(0, until - (context.runningSince ?? until));

/** The children with another one, once. */
function withChild(context: TaskContext, step: string): readonly string[] {
  const open = openChildren(context);
  return open.includes(step) ? open : [...open, step];
}

/** The children without one. */
function withoutChild(context: TaskContext, step: string): readonly string[] {
  const open = openChildren(context);
  const at = open.indexOf(step);
  return at < 0 ? open : open.toSpliced(at, 1);
}

/** Names of the child runs that have not settled. */
const openChildren = (context: TaskContext): readonly string[] => context.children ?? [];

/** Cancels the child runs that have not settled. */
export const cancelChildren = (context: TaskContext): SendParams =>
  run.cancelRuns(
    context,
    openChildren(context).map((step) => childAddress(asAddress(context.spec.run), step)),
  );

/** Tells the parent how it ended. */
export const tell = (context: TaskContext): SendParams => run.tellParent(context);

/** Aborts the work, and frees its slot when that has settled. */
export const abortion = (context: TaskContext, reason: string) => ({
  reason,
  bots: botOf(context),
  slot: slotOf(context),
});

/** Aborts work that waits without a slot. */
export const abandonment = ({ event }: { event: { reason: string } }) => ({
  reason: event.reason,
  bots: [],
  slot: '',
});

/** The failure of an attempt that took too long. */
const timeoutFailure = (context: TaskContext): Failure => ({
  code: 'WORK_TIMEOUT',
  message: `${context.spec.run} took longer than its time-out of ${context.spec.timeoutMs} ms.`,
  retryable: true,
  at: context.spec.run,
});

/** The end of a run whose last attempt took too long. */
export const timedOut = ({
  context,
  event,
}: {
  context: TaskContext;
  event: { type: string };
}) => ({
  error: timeoutFailure(context),
  at: run.timeOf(event, context.runningSince ?? context.spec.createdAt),
});

/** How it ended, as callers learn it. */
export const outcomeOf = (context: TaskContext): Outcome => run.outcomeOf(context, context);
