/**
 * What the runs of tasks and workflows share: dependencies, children, the way they end.
 */
import type {
  Failure,
  Outcome,
  OutcomeFacts,
  RunSpec,
  SendParams,
  Settlement,
} from '../src/protocol/index.ts';
import { type Address, asAddress, codedFailure, pruned } from '../src/protocol/index.ts';
import type { OwnStage } from './stages.ts';

/** The part of a run's context that both machines keep. */
export interface RunContext<Spec extends RunSpec> {
  /** The machine's input; never changes, journalled once. */
  readonly spec: Spec;
  /** Runs it still waits for; absent: those of the spec. */
  readonly waitingFor?: readonly string[] | undefined;
  readonly result?: unknown;
  readonly error?: Failure | undefined;
  /** Why it was cancelled. */
  readonly reason?: string | undefined;
  /** The parent ended: it is not told. */
  readonly orphan?: boolean | undefined;
  readonly startedAt?: number | undefined;
  readonly completedAt?: number | undefined;
  /** It was paused by itself, and with the run above it. */
  readonly isPaused?: boolean | undefined;
  readonly isPausedAbove?: boolean | undefined;
  /** The time before which it must not begin is over. */
  readonly hasRested?: boolean | undefined;
  /** The timer that tells when it is due was armed, and has fired. */
  readonly isReminded?: boolean | undefined;
  readonly isOverdue?: boolean | undefined;
  /** What its own work reported and the settled runs below it told, added up. */
  readonly cost?: number | undefined;
  /** Names of settled child runs that left runs open below them: their cost may grow. */
  readonly leftOpen?: readonly string[] | undefined;
  /** Stages that the app keeps of it. */
  readonly stages?: readonly OwnStage[] | undefined;
}

/** Runs it still waits for. */
export const waitsFor = (context: RunContext<RunSpec>): readonly string[] =>
  context.waitingFor ?? context.spec.dependsOn;

/** What guards and assigns of both machines are called with. */
interface Its {
  readonly context: RunContext<RunSpec>;
}

/** The end of a run that this one may wait for. */
export interface Settled {
  readonly run: string;
  readonly outcome: Settlement;
}

/** What cancels a run. */
export interface Cancelling {
  readonly reason: string;
  readonly orphan: boolean;
  readonly at: number;
}

/** What fails a run. */
export interface Failing {
  readonly error: Failure;
  readonly at: number;
}

/** Guard: it has runs to wait for. */
export const mustWait = ({ context }: Its): boolean => waitsFor(context).length > 0;

/** Guard: what it waited for completed. */
export const isWaitMet = (_: unknown, { outcome }: Settled): boolean =>
  outcome.status === 'COMPLETED';

/** Guard: what it waited for completed, and it waits for nothing else. */
export const isLastWait = (its: Its, settled: Settled): boolean =>
  isWaitMet(its, settled) && waitsFor(its.context).every((other) => other === settled.run);

/** Guard: it fails when what it waits for does not complete. */
export const failsWithIt = ({ context }: Its, { run }: Settled): boolean =>
  waitsFor(context).includes(run) && context.spec.onDependencyFailure === 'fail';

/** Guard: it is skipped when what it waits for does not complete. */
export const isSkippedWithIt = ({ context }: Its, { run }: Settled): boolean =>
  waitsFor(context).includes(run) && context.spec.onDependencyFailure === 'skip';

/** Assign: it waits for one run less. */
export const withWaitMet = ({ context }: Its, { run }: Settled) => ({
  waitingFor: waitsFor(context).filter((other) => other !== run),
});

/** Assign: it was cancelled. */
export const asCancelled = (_: unknown, { reason, orphan, at }: Cancelling) => ({
  reason,
  orphan: orphan ? true : undefined,
  completedAt: at,
});

/** Assign: it failed. */
export const asFailed = (_: unknown, { error, at }: Failing) => ({ error, completedAt: at });

/** Which of the two pauses is meant. */
export interface Pausing {
  readonly above: boolean;
}

/** Assign: it is paused. */
export const asPaused = (_: unknown, { above }: Pausing) =>
  above ? { isPausedAbove: true } : { isPaused: true };

/** Assign: that pause is over. */
export const asResumed = (_: unknown, { above }: Pausing) =>
  above ? { isPausedAbove: undefined } : { isPaused: undefined };

/** Guard: it stays paused, for the other reason. */
export const staysPaused = ({ context }: Its, { above }: Pausing): boolean =>
  (above ? context.isPaused : context.isPausedAbove) === true;

/** Pauses runs below one that is paused. */
export const pauseRuns = (runs: readonly Address[]): SendParams => ({
  to: runs,
  event: { type: 'run.pause', above: true },
});

/** Lets them go on with it. */
export const resumeRuns = (runs: readonly Address[]): SendParams => ({
  to: runs,
  event: { type: 'run.resume', above: true },
});

/** Guard: when it is due is to be told, and no timer was armed for that. */
export const mustRemind = ({ context }: Its): boolean =>
  context.spec.dueAt !== null && context.isReminded !== true && context.isOverdue !== true;

/** Guard: it must not begin yet. */
export const isEarly = ({ context, event }: Its & { event: Typed }): boolean => {
  const { notBefore, createdAt } = context.spec;
  const hasBegun = context.hasRested === true || context.startedAt !== undefined;
  if (notBefore === undefined || hasBegun) return false;
  return notBefore > timeOf(event, createdAt);
};

/** Delay: milliseconds until a time that the spec names. */
const until = (
  time: number | null | undefined,
  { context, event }: Its & { event: Typed },
): number => Math.max(0, (time ?? 0) - timeOf(event, context.spec.createdAt));

interface Typed {
  readonly type: string;
}

/** Delay: until it is due. */
export const dueMs = (its: Its & { event: Typed }): number => until(its.context.spec.dueAt, its);

/** Delay: until it may begin. */
export const restMs = (its: Its & { event: Typed }): number =>
  until(its.context.spec.notBefore, its);

/** What the end of a run tells beside how it ended. */
export interface EndFacts {
  readonly cost?: number | undefined;
  readonly quality?: number | undefined;
  /** Runs below it are open, or left some open. */
  readonly leavesOpen?: boolean | undefined;
}

/** Tells the parent how the run ended; nobody when there is none, or it ended before. */
export const tellParent = (context: RunContext<RunSpec>, facts: EndFacts = {}): SendParams => ({
  to:
    context.spec.parent === null || context.orphan === true ? [] : [asAddress(context.spec.parent)],
  event: { type: 'child.settled', step: context.spec.step, outcome: settlementOf(context, facts) },
});

/** Tells the parent, one step further from where a person is asked. */
export const passOnApproval = (
  context: RunContext<RunSpec>,
  event: { readonly path: readonly string[]; readonly approval: string },
): SendParams => ({
  to: context.spec.parent === null ? [] : [asAddress(context.spec.parent)],
  event: {
    type: 'approval.requested',
    path: [context.spec.step ?? '', ...event.path],
    approval: event.approval,
  },
});

/** Cancels runs below one that ended: a run ends with all below it. */
export const cancelRuns = (context: RunContext<RunSpec>, runs: readonly Address[]): SendParams => ({
  to: runs,
  event: { type: 'run.cancel', reason: `${context.spec.run} ended`, orphan: true },
});

/** How the run ended, as its parent and its watchers learn it. What is not known is left out. */
function settlementOf(context: RunContext<RunSpec>, facts: EndFacts): Settlement {
  const { startedAt, completedAt: endedAt } = context;
  const { cost, quality, leavesOpen } = facts;
  const known = {
    ...(cost === undefined ? {} : { cost }),
    ...(quality === undefined ? {} : { quality }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(leavesOpen === true ? { leftOpen: true as const } : {}),
  };
  if (context.error !== undefined) return { status: 'FAILED', error: context.error, ...known };
  if (context.reason !== undefined) {
    return { status: 'CANCELLED', reason: context.reason, ...known };
  }
  return { status: 'COMPLETED', result: context.result, ...known };
}

/** Assign: a run below it has ended; what it cost is added up. */
export const withCost = (
  { cost, leftOpen }: Pick<RunContext<RunSpec>, 'cost' | 'leftOpen'>,
  step: string,
  outcome: Settlement,
): Pick<RunContext<RunSpec>, 'cost' | 'leftOpen'> => ({
  cost: outcome.cost === undefined ? cost : (cost ?? 0) + outcome.cost,
  leftOpen: outcome.leftOpen === true ? [...(leftOpen ?? []), step] : leftOpen,
});

/** How the run ended, as its callers learn it. */
export function outcomeOf(
  context: RunContext<RunSpec>,
  { attempts, confidence, learnings, cost, quality }: Omit<OutcomeFacts, 'elapsedMs'>,
): Outcome {
  const elapsedMs = Math.max(0, (context.completedAt ?? 0) - context.spec.createdAt);
  const facts = { attempts, confidence, learnings, cost, quality, elapsedMs };
  if (context.error !== undefined) return { ...facts, status: 'FAILED', error: context.error };
  if (context.reason !== undefined) {
    return { ...facts, status: 'CANCELLED', reason: context.reason };
  }
  return { ...facts, status: 'COMPLETED', result: context.result };
}

/** The failure of a run whose dependency did not complete. */
export const dependencyFailure = (run: string, outcome: Settlement): Failure => ({
  ...codedFailure('DEPENDENCY_FAILED', { run, status: outcome.status }),
  cause: outcome.error === undefined ? undefined : pruned(outcome.error, 1),
});

/** What cancels a run that is skipped because its dependency did not complete. */
export const skipped = (event: { run: string; outcome: Settlement; at: number }) => ({
  reason: `skipped: ${event.run} ended ${event.outcome.status}`,
  orphan: false,
  at: event.at,
});

/** The time of an event; for those without one, the last time that the run knows. */
export const timeOf = (event: { readonly type: string }, otherwise: number): number =>
  'at' in event && typeof event.at === 'number' ? event.at : otherwise;
