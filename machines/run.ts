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
import { type Address, asAddress, pruned } from '../src/protocol/index.ts';

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
}

/** Runs it still waits for. */
export const waitsFor = (context: RunContext<RunSpec>): readonly string[] =>
  context.waitingFor ?? context.spec.dependsOn;

/** Tells the parent how the run ended; nobody when there is none, or it ended before. */
export const tellParent = (context: RunContext<RunSpec>): SendParams => ({
  to:
    context.spec.parent === null || context.orphan === true ? [] : [asAddress(context.spec.parent)],
  event: { type: 'child.settled', step: context.spec.step, outcome: settlementOf(context) },
});

/** Cancels runs below one that ended: a run ends with all below it. */
export const cancelRuns = (context: RunContext<RunSpec>, runs: readonly Address[]): SendParams => ({
  to: runs,
  event: { type: 'run.cancel', reason: `${context.spec.run} ended`, orphan: true },
});

/** How the run ended, as its parent and its watchers learn it. */
export function settlementOf(context: RunContext<RunSpec>): Settlement {
  if (context.error !== undefined) return { status: 'FAILED', error: context.error };
  if (context.reason !== undefined) return { status: 'CANCELLED', reason: context.reason };
  return { status: 'COMPLETED', result: context.result };
}

/** How the run ended, as its callers learn it. */
export function outcomeOf(
  context: RunContext<RunSpec>,
  { attempts, confidence, learnings, cost }: Omit<OutcomeFacts, 'elapsedMs'>,
): Outcome {
  const elapsedMs = Math.max(0, (context.completedAt ?? 0) - context.spec.createdAt);
  const facts = { attempts, confidence, learnings, cost, elapsedMs };
  if (context.error !== undefined) return { ...facts, status: 'FAILED', error: context.error };
  if (context.reason !== undefined) {
    return { ...facts, status: 'CANCELLED', reason: context.reason };
  }
  return { ...facts, status: 'COMPLETED', result: context.result };
}

/** The failure of a run whose dependency did not complete. */
export const dependencyFailure = (run: string, outcome: Settlement): Failure => ({
  code: 'DEPENDENCY_FAILED',
  message: `The run ${run}, which this one waits for, ended ${outcome.status}.`,
  retryable: false,
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
