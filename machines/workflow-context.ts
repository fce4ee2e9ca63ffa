/**
 * What the workflow machine remembers, and what can be read off it.
 * How it changes is in `workflow-books.ts`, the chart in `workflow.ts`.
 */
import { type PlanState, type PlanVerdict, stepsIn, verdictOf } from '../src/policies/index.ts';
import {
  type Address,
  asAddress,
  childAddress,
  codedFailure,
  type Failure,
  pruned,
  type SendParams,
  type Settlement,
  stepOfRun,
  stepRunName,
  undoRunName,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../src/protocol/index.ts';
import * as run from './run.ts';

/** How often a step was run; kept of steps whose first run was not the last. */
export interface StepRuns {
  /** Number of the run under way, else of the last. */
  readonly run: number;
  /** Runs begun of the same work with the same input. */
  readonly tries: number;
  /** Times that its loop went round. */
  readonly iterations: number;
  /** Which of its works runs: 0 is its own, 1 the first fallback. */
  readonly fallback: number;
  /** Number of its first run under this version; absent: 1. Those before are of older ones. */
  readonly since?: number | undefined;
}

/** What a workflow's run remembers beside its spec. What has not happened is absent. */
export interface WorkflowContext extends run.RunContext<WorkflowSpec> {
  readonly steps: PlanState;
  /** Names of the runs that the last turn decided to start. */
  readonly starting: readonly string[];
  /** Names of the steps that the last turn ruled out. */
  readonly omitted?: readonly string[] | undefined;
  /** By number of the step. */
  readonly runs?: Readonly<Record<string, StepRuns>> | undefined;
  /** Names of the runs whose result is being judged by their loop. */
  readonly judging?: readonly string[] | undefined;
  /** Runs of steps that have ended. */
  readonly ended?: number | undefined;
  /** How good results are, 0 to 1, by number of the step. */
  readonly quality?: Readonly<Record<string, number>> | undefined;
  /** Steps that completed and can be undone, in the order in which they completed. */
  readonly undoable?: readonly number[] | undefined;
  /** The first failure of a step that may not fail. */
  readonly failure?: Failure | undefined;
  /** Failures that other steps asked for, by number of the step, while none has failed the run. */
  readonly asked?: Readonly<Record<string, Failure>> | undefined;
  /** It goes on after a pause: what was started stays started. */
  readonly resuming?: boolean | undefined;
  /** When it went on last, and how long it ran before that; absent: since it was started. */
  readonly runningSince?: number | undefined;
  readonly ranMs?: number | undefined;
}

/** The event of a type. */
export type EventOf<Type extends WorkflowEvent['type']> = Extract<WorkflowEvent, { type: Type }>;

/** How long it has run until a time. */
export const ranUntil = (context: WorkflowContext, until: number): number =>
  (context.ranMs ?? 0) + Math.max(0, until - (context.runningSince ?? context.startedAt ?? until));

/** When its time is over, as far as it has one. */
export const timeoutAt = ({ spec, startedAt, runningSince, ranMs = 0 }: WorkflowContext): number =>
  (runningSince ?? startedAt ?? spec.createdAt) + Math.max(0, (spec.timeoutMs ?? 0) - ranMs);

const numbers = new WeakMap<object, ReadonlyMap<string, number>>();

/** A step's place in the plan; -1 for a name that is none. */
export function numberOf(context: WorkflowContext, step: string): number {
  const { plan } = context.spec;
  const known = numbers.get(plan);
  const found = known ?? new Map(plan.steps.map(({ name }, index) => [name, index]));
  if (known === undefined) numbers.set(plan, found);
  return found.get(step) ?? -1;
}

/** The step that a run is of, by the run's name; -1: of none, or it undoes one. */
export function stepNumber(context: WorkflowContext, runName: string): number {
  const direct = numberOf(context, runName);
  if (direct >= 0) return direct;
  const { step, undo } = stepOfRun(runName);
  return undo ? -1 : numberOf(context, step);
}

/** The name of the run of a step that is under way, or was the last. */
export const runNameOf = (context: WorkflowContext, step: number): string =>
  stepRunName(context.spec.plan.steps[step]?.name ?? '', context.runs?.[step]?.run ?? 1);

/** How often a step was run; undefined while its first run is the last. */
export const stepRunsOf = (context: WorkflowContext, step: string): StepRuns | undefined =>
  context.runs?.[numberOf(context, step)];

/** Whether a run is the one under way of a step. */
export function isUnderWay(context: WorkflowContext, runName: string): boolean {
  const step = stepNumber(context, runName);
  return context.steps.progress[step] === 'S' && runNameOf(context, step) === runName;
}

/** Whether its loop is judging the result of a run. */
export const isJudging = ({ judging = [] }: WorkflowContext, runName: string): boolean =>
  judging.includes(runName);

/** What has become of its plan. */
export const verdict = ({ spec, steps, cost }: WorkflowContext): PlanVerdict =>
  verdictOf(spec.plan, steps, spec, cost);

/** Whether it ended badly and is on its way out. */
export const isStopping = ({ error, reason }: WorkflowContext): boolean =>
  error !== undefined || reason !== undefined;

/** Names of the runs of steps under way. */
function openSteps(context: WorkflowContext): readonly string[] {
  const names = stepsIn(context.spec.plan, context.steps, 'S');
  if (context.runs === undefined && context.judging === undefined) return names;
  return names
    .map((name) => runNameOf(context, numberOf(context, name)))
    .filter((name) => !isJudging(context, name));
}

/** Names of the runs under way: those of steps, and the one that undoes one. */
export function openRuns(context: WorkflowContext): readonly string[] {
  const open = openSteps(context);
  const undo = undoing(context);
  return undo === undefined ? open : [...open, undo];
}

/** The name of the run that undoes a step now. */
export function undoing(context: WorkflowContext): string | undefined {
  const last = context.undoable?.at(-1);
  const name = last === undefined ? undefined : context.spec.plan.steps[last]?.name;
  const isTime = isStopping(context) && context.completedAt === undefined && isQuiet(context);
  return isTime && name !== undefined ? undoRunName(name) : undefined;
}

/** Whether no step is under way. */
export const isQuiet = ({ steps }: WorkflowContext): boolean => !steps.progress.includes('S');

/** Whether something was done, or may have been, that can be undone. */
export function mustUndo({ undoable = [], spec, steps }: WorkflowContext): boolean {
  if (undoable.length > 0) return true;
  return spec.plan.steps.some(({ undo }, step) => undo === true && steps.progress[step] === 'S');
}

/** The addresses of runs of steps. */
export const addressesOf = (context: WorkflowContext, names: readonly string[]): Address[] =>
  names.map((name) => childAddress(asAddress(context.spec.run), name));

/** Cancels the runs under way: the run has ended. */
export const cancelOpenRuns = (context: WorkflowContext): SendParams =>
  run.cancelRuns(context, addressesOf(context, openRuns(context)));

/** Cancels the runs of steps under way, and hears of their ends. */
export const stopOpenSteps = (context: WorkflowContext): SendParams => ({
  to: addressesOf(context, openSteps(context)),
  event: { type: 'run.cancel', reason: `${context.spec.run} is stopping`, orphan: false },
});

/** What its end tells beside how it ended. Its quality is that of the last step of its plan. */
export const endFactsOf = (context: WorkflowContext): run.EndFacts => ({
  cost: context.cost,
  quality: qualityOf(context),
  leavesOpen: openRuns(context).length > 0 || context.leftOpen !== undefined,
});

/** How good its result is, as far as that is known. */
export const qualityOf = ({ spec, quality }: WorkflowContext): number | undefined =>
  quality?.[spec.plan.steps.length - 1];

/** Tells the parent how it ended. */
export const tell = (context: WorkflowContext): SendParams =>
  run.tellParent(context, endFactsOf(context));

/** The failure of a run that took too long. */
export const timeoutFailure = (context: WorkflowContext): Failure => ({
  ...codedFailure('WORK_TIMEOUT', {
    run: context.spec.run,
    afterMs: context.spec.timeoutMs ?? 0,
  }),
  retryable: false,
  at: context.spec.run,
});

/** The failure of a run whose plan came to nothing. */
export function planFailure(context: WorkflowContext): Failure {
  const { run: at, budget = 0, need = 0 } = context.spec;
  if (verdict(context).is === 'overspent') {
    return { ...codedFailure('BUDGET_EXCEEDED', { run: at, budget, cost: context.cost ?? 0 }), at };
  }
  if (context.spec.need === undefined && context.failure !== undefined) return context.failure;
  const cause = context.failure === undefined ? undefined : pruned(context.failure, 1);
  return { ...codedFailure('TOO_FEW_RESULTS', { run: at, need }), at, cause };
}

/** The failure that the end of a step's run is for the whole. */
export const stepFailure = (context: WorkflowContext, name: string, end: Settlement): Failure => ({
  ...codedFailure('STEP_FAILED', { run: context.spec.run, step: name, status: end.status }),
  at: `${context.spec.run}/${name}`,
  cause: pruned(end.error ?? cancelledFailure(end.reason ?? ''), 1),
});

/** The failure of a run that could not be undone whole. */
export const undoFailure = (context: WorkflowContext, step: string, end: Settlement): Failure => ({
  ...codedFailure('UNDO_FAILED', {
    run: context.spec.run,
    step,
    reason: end.error?.message ?? end.reason ?? '',
  }),
  at: `${context.spec.run}/${undoRunName(step)}`,
  cause: pruned(context.error ?? end.error ?? cancelledFailure(end.reason ?? ''), 1),
});

const cancelledFailure = (reason: string): Failure => ({
  code: 'RUN_CANCELLED',
  message: reason,
  retryable: false,
});
