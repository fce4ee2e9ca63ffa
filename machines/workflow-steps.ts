/**
 * What the workflow machine remembers, and the bookkeeping of its steps.
 * The chart that uses it is in `workflow.ts`.
 */
import { type ReadySet, startReady, stepsIn } from '../src/policies/index.ts';
import {
  type Address,
  asAddress,
  childAddress,
  codedFailure,
  type Failure,
  pruned,
  type SendParams,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../src/protocol/index.ts';
import * as run from './run.ts';

/** What a workflow's run remembers beside its spec. */
export interface WorkflowContext extends run.RunContext<WorkflowSpec> {
  readonly steps: ReadySet;
  /** Numbers of the steps that the last turn started. */
  readonly starting: readonly number[];
  /** It goes on after a pause: what was started stays started. */
  readonly resuming?: boolean | undefined;
  /** When it went on last, and how long it ran before that; absent: since it was started. */
  readonly runningSince?: number | undefined;
  readonly ranMs?: number | undefined;
}

/** How long it has run until a time. */
export const ranUntil = (context: WorkflowContext, until: number): number =>
  (context.ranMs ?? 0) + Math.max(0, until - (context.runningSince ?? context.startedAt ?? until));

const numbers = new WeakMap<object, ReadonlyMap<string, number>>();

/** A step's place in the plan; -1 for a name that is none. */
export function numberOf(context: WorkflowContext, step: string): number {
  const { plan } = context.spec;
  const known = numbers.get(plan);
  const found = known ?? new Map(plan.steps.map(({ name }, index) => [name, index]));
  if (known === undefined) numbers.set(plan, found);
  return found.get(step) ?? -1;
}

/** Starts what may start. */
export function started(
  context: WorkflowContext,
  steps: ReadySet,
): Pick<WorkflowContext, 'steps' | 'starting'> {
  const [next, starting] = startReady(steps, context.spec.concurrency);
  return { steps: next, starting };
}

/** Names of the steps that the last turn started. */
export const startingNames = (context: WorkflowContext): string[] =>
  context.starting.flatMap((index) => context.spec.plan.steps[index]?.name ?? []);

/** Addresses of the runs of the steps under way. */
export const openSteps = (context: WorkflowContext): readonly Address[] =>
  stepsIn(context.spec.plan, context.steps, 'S').map((step) =>
    childAddress(asAddress(context.spec.run), step),
  );

/** Cancels the steps under way. */
export const cancelOpenSteps = (context: WorkflowContext): SendParams =>
  run.cancelRuns(context, openSteps(context));

/** The failure of a run that took too long. */
export const timeoutFailure = (context: WorkflowContext): Failure => ({
  ...codedFailure('WORK_TIMEOUT', {
    run: context.spec.run,
    afterMs: context.spec.timeoutMs ?? 0,
  }),
  retryable: false,
  at: context.spec.run,
});

/** The failure of a run whose step did not complete. */
export const stepFailure = (
  context: WorkflowContext,
  event: Extract<WorkflowEvent, { type: 'child.settled' }>,
): Failure => ({
  ...codedFailure('STEP_FAILED', {
    run: context.spec.run,
    step: event.step,
    status: event.outcome.status,
  }),
  at: `${context.spec.run}/${event.step}`,
  cause: pruned(event.outcome.error ?? cancelledFailure(event.outcome.reason ?? ''), 1),
});

const cancelledFailure = (reason: string): Failure => ({
  code: 'RUN_CANCELLED',
  message: reason,
  retryable: false,
});
