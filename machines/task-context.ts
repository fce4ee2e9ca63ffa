/**
 * What a task remembers, and what can be worked out from that alone.
 * The names that the chart uses are in `task-setup.ts`.
 */
import type {
  ByHand,
  Failure,
  Outcome,
  SendParams,
  TaskEvent,
  TaskSpec,
  WithdrawParams,
} from '../src/protocol/index.ts';
import {
  type Address,
  asAddress,
  botAddress,
  childAddress,
  codedFailure,
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
  /** Its bot was found by a route and is external. */
  readonly byHand?: ByHand | undefined;
  /** Address of the open handoff. */
  readonly handoff?: string | undefined;
  /** Handoffs that moved it; attempts begun before the last of them. */
  readonly handoffs?: number | undefined;
  readonly attemptsBefore?: number | undefined;
  /** Ids of the bots that declined it, when it is routed; how often it was declined. */
  readonly declinedBy?: readonly string[] | undefined;
  readonly declines?: number | undefined;
  /** Names of the child runs that have not settled. */
  readonly children?: readonly string[] | undefined;
  /** Child runs that have settled. */
  readonly settled?: number | undefined;
  /** It goes on after BLOCKED; no new attempt begins. */
  readonly resuming?: boolean | undefined;
  readonly progress?: number | undefined;
  /** How far attempts before the last one came: no report of a later one takes that back. */
  readonly leastProgress?: number | undefined;
  readonly note?: string | undefined;
  readonly confidence?: number | undefined;
  readonly learnings?: readonly string[] | undefined;
  readonly quality?: number | undefined;
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
  /** How long it gave no sign of life before that. */
  readonly silentMs?: number | undefined;
}

/** The event of a type. */
export type EventOf<Type extends TaskEvent['type']> = Extract<TaskEvent, { type: Type }>;

/** The slot it asked for last. */
export const slotOf = (context: TaskContext): string => `${context.spec.run}#${context.slots}`;

/** The bot that has it, as a list that is empty when there is none. */
export const botOf = (context: TaskContext): readonly Address[] =>
  context.assignedTo === undefined ? [] : [botAddress(context.assignedTo)];

/** How it is driven by hand; undefined when a bot's work drives it. */
export const byHandOf = ({ byHand, handoffs, spec }: TaskContext): ByHand | undefined =>
  handoffs === undefined ? (byHand ?? spec.byHand) : byHand;

/** Attempts that the bot that has it has begun; its policy counts these. */
export const triesOf = ({ attempts, attemptsBefore = 0 }: TaskContext): number =>
  attempts - attemptsBefore;

/** The action that gives its slot back. */
export const releaseSlot = {
  type: 'send',
  params: ({ context }: { readonly context: TaskContext }): SendParams => ({
    to: botOf(context),
    event: { type: 'slot.release', slot: slotOf(context) },
  }),
} as const;

/** Takes back its request for a slot, in case that still waits. */
export const withdrawal = (context: TaskContext): WithdrawParams => ({
  from: botOf(context),
  key: slotOf(context),
});

/** How long this attempt has run until a time; never less than what is counted already. */
export const ranUntil = (context: TaskContext, until: number): number =>
  (context.ranMs ?? 0) + Math.max(0, until - (context.runningSince ?? until));

/** How long it has given no sign of life until a time, when that counts. */
export const silentUntil = (context: TaskContext, until: number): number | undefined =>
  byHandOf(context)?.heartbeatMs === undefined
    ? undefined
    : (context.silentMs ?? 0) + Math.max(0, until - (context.runningSince ?? until));

/** Milliseconds until the time-out of the attempt, from when it last began to run. */
const timeLeft = (context: TaskContext): number =>
  context.spec.timeoutMs === null
    ? Number.POSITIVE_INFINITY
    : Math.max(0, context.spec.timeoutMs - (context.ranMs ?? 0));

/** Milliseconds until its silence is too long, from the same time on. */
const silenceLeft = (context: TaskContext): number => {
  const { heartbeatMs } = byHandOf(context) ?? {};
  return heartbeatMs === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(0, heartbeatMs - (context.silentMs ?? 0));
};

/** Whether an attempt has a limit in time. */
export const hasLimit = (context: TaskContext): boolean =>
  context.spec.timeoutMs !== null || byHandOf(context)?.heartbeatMs !== undefined;

/** Milliseconds until the attempt is ended, from when it last began to run. */
export const limitLeft = (context: TaskContext): number => {
  const left = Math.min(timeLeft(context), silenceLeft(context));
  return Number.isFinite(left) ? left : 0;
};

/** The children with another one, once. */
export function withChild(context: TaskContext, step: string): readonly string[] {
  const open = openChildren(context);
  return open.includes(step) ? open : [...open, step];
}

/** The children without one. */
export function withoutChild(context: TaskContext, step: string): readonly string[] {
  const open = openChildren(context);
  const at = open.indexOf(step);
  return at < 0 ? open : open.toSpliced(at, 1);
}

/** Names of the child runs that have not settled. */
export const openChildren = (context: TaskContext): readonly string[] => context.children ?? [];

/** Those that are runs: others do what is named with `~`, such as an answer. */
export const openRuns = (context: TaskContext): readonly string[] =>
  openChildren(context).filter((step) => !step.startsWith('~'));

/** How far it is after a report: what an earlier attempt told is the least. */
export const progressAfter = (
  { progress, leastProgress = 0 }: TaskContext,
  report: { readonly progress?: number | undefined },
): number | undefined =>
  report.progress === undefined ? progress : Math.max(report.progress, leastProgress);

/** Addresses of the child runs that have not settled. */
export const childrenOf = (context: TaskContext): readonly Address[] =>
  openChildren(context).map((step) => childAddress(asAddress(context.spec.run), step));

/** Cancels the child runs that have not settled. */
export const cancelChildren = (context: TaskContext): SendParams =>
  run.cancelRuns(context, childrenOf(context));

/** Tells the parent how it ended. */
export const tell = (context: TaskContext): SendParams =>
  run.tellParent(context, {
    cost: context.cost,
    quality: context.quality,
    leavesOpen: openRuns(context).length > 0 || context.leftOpen !== undefined,
  });

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

/** Aborts work that waits without a slot, because the run is paused. */
export const setAside = () => ({ reason: 'paused', bots: [], slot: '' });

/** The failure of an attempt that took too long, or gave no sign of life for too long. */
export const overrunFailure = (context: TaskContext): Failure =>
  silenceLeft(context) < timeLeft(context) ? silenceFailure(context) : timeoutFailure(context);

/** Why its work is aborted then. */
export const overrunReason = (context: TaskContext): string =>
  silenceLeft(context) < timeLeft(context) ? 'no heartbeat' : 'time-out';

const silenceFailure = (context: TaskContext): Failure => ({
  ...codedFailure('HEARTBEAT_LOST', {
    run: context.spec.run,
    afterMs: byHandOf(context)?.heartbeatMs ?? 0,
  }),
  at: context.spec.run,
});

const timeoutFailure = (context: TaskContext): Failure => ({
  ...codedFailure('WORK_TIMEOUT', {
    run: context.spec.run,
    afterMs: context.spec.timeoutMs ?? 0,
  }),
  at: context.spec.run,
});

/** The end of a run whose last attempt took too long. */
export const overrun = ({ context, event }: { context: TaskContext; event: { type: string } }) => ({
  error: overrunFailure(context),
  at: run.timeOf(event, context.runningSince ?? context.spec.createdAt),
});

/** How it ended, as callers learn it. */
export const outcomeOf = (context: TaskContext): Outcome => run.outcomeOf(context, context);
