/**
 * The books of a workflow's run: what each event changes in what it remembers.
 * Pure; the names that the chart uses are in `workflow-setup.ts`.
 */
import { endStep, isFine, type PlanState, startReady } from '../src/policies/index.ts';
import { type Failure, type Settlement, stepOfRun } from '../src/protocol/index.ts';
import { type Cancelling, withCost } from './run.ts';
import {
  type EventOf,
  isJudging,
  isStopping,
  runNameOf,
  type StepRuns,
  stepFailure,
  stepNumber,
  undoFailure,
  type WorkflowContext,
} from './workflow-context.ts';

type Changes = Partial<WorkflowContext>;

/** It begins, or goes on after a pause: starts what may start. */
export function begun(context: WorkflowContext, at: number): Changes {
  if (isStopping(context)) return { resuming: undefined, starting: [], omitted: undefined };
  const times =
    context.resuming === true ? { resuming: undefined, runningSince: at } : { startedAt: at };
  return { ...times, ...advanced(context, context.steps, context.cost) };
}

/** A run of a step ended: it is begun anew, falls back on other work, or the step has ended. */
export function stepEnded(context: WorkflowContext, event: EventOf<'child.settled'>): Changes {
  const { outcome } = event;
  const step = stepNumber(context, event.step);
  const facts = { ...endFacts(context, step, outcome), ...judgedNow(context, event.step) };
  const next = outcome.status === 'FAILED' ? nextRun(context, step, event) : undefined;
  if (next !== undefined) return { ...facts, ...startedAnew(context, step, next) };
  const ended = withLetter(context, step, letters[outcome.status], outcome);
  return { ...facts, ...ended, ...advanced(context, ended.steps, facts.cost) };
}

/** The same while nothing is to begin, or nothing ever again. */
export function stepEndedQuietly(
  context: WorkflowContext,
  event: EventOf<'child.settled'>,
): Changes {
  const { outcome } = event;
  const step = stepNumber(context, event.step);
  const facts = {
    ...endFacts(context, step, outcome),
    ...judgedNow(context, event.step),
    starting: [],
  };
  const mayGoOn = outcome.status === 'FAILED' && !isStopping(context);
  const next = mayGoOn ? nextRun(context, step, event) : undefined;
  // Whoever lets it go on starts what has no run.
  if (next !== undefined) return { ...facts, ...startedAnew(context, step, next), starting: [] };
  const ended = withLetter(context, step, letters[outcome.status], outcome);
  return { ...facts, ...ended, omitted: omittedSince(context, ended.steps) };
}

/** Its own condition was false. */
export function stepSkipped(context: WorkflowContext, runName: string): Changes {
  const ended = withLetter(context, stepNumber(context, runName), 'K', { status: 'COMPLETED' });
  return { ...ended, ...advanced(context, ended.steps, context.cost) };
}

/** The same while nothing is ever to begin again. */
export function stepSkippedQuietly(context: WorkflowContext, runName: string): Changes {
  const ended = withLetter(context, stepNumber(context, runName), 'K', { status: 'COMPLETED' });
  return { ...ended, starting: [], omitted: omittedSince(context, ended.steps) };
}

/** A result that its loop is to judge. */
export function toBeJudged(context: WorkflowContext, event: EventOf<'child.settled'>): Changes {
  const step = stepNumber(context, event.step);
  return {
    ...endFacts(context, step, event.outcome),
    starting: [],
    omitted: undefined,
    judging: [...(context.judging ?? []), event.step],
  };
}

/** Its loop has judged: the step has completed, or goes round again. */
export function stepJudged(context: WorkflowContext, event: EventOf<'step.judged'>): Changes {
  const step = stepNumber(context, event.step);
  const judging = withoutName(context.judging, event.step);
  if (!event.isGood) {
    const runs = runsOf(context, step);
    const next = { ...runs, run: runs.run + 1, tries: 1, iterations: runs.iterations + 1 };
    return { judging, ...startedAnew(context, step, next) };
  }
  const ended = withLetter(context, step, 'C', { status: 'COMPLETED' });
  return { judging, ...ended, ...advanced(context, ended.steps, context.cost) };
}

/** The same while nothing is ever to begin again: what its last run did stands. */
export function stepJudgedQuietly(
  context: WorkflowContext,
  event: EventOf<'step.judged'>,
): Changes {
  const step = stepNumber(context, event.step);
  const judging = withoutName(context.judging, event.step);
  const ended = withLetter(context, step, 'C', { status: 'COMPLETED' });
  return { judging, starting: [], ...ended, omitted: omittedSince(context, ended.steps) };
}

/** No loop will judge it any more; what it was and cost is noted. */
export function stepUnjudged(context: WorkflowContext, event: EventOf<'child.settled'>): Changes {
  const step = stepNumber(context, event.step);
  const ended = withLetter(context, step, letters[event.outcome.status], event.outcome);
  const judging = withoutName(context.judging, event.step);
  return { ...ended, judging, starting: [], omitted: omittedSince(context, ended.steps) };
}

/** A step was undone, or could not be. */
export function stepUndone(context: WorkflowContext, event: EventOf<'child.settled'>): Changes {
  const { outcome } = event;
  const undoable = context.undoable?.slice(0, -1);
  const changes = {
    undoable: undoable?.length === 0 ? undefined : undoable,
    ended: (context.ended ?? 0) + 1,
    ...withCost(context, event.step, outcome),
  };
  if (outcome.status === 'COMPLETED') return changes;
  const { step } = stepOfRun(event.step);
  return { ...changes, error: undoFailure(context, step, outcome) };
}

/** It was cancelled, and is not through with that. */
export const stopping = ({ reason, orphan }: Cancelling): Changes => ({
  reason,
  orphan: orphan ? true : undefined,
  isPaused: undefined,
  isPausedAbove: undefined,
});

/** It goes on as a run of another version. */
export function migrated({
  spec,
  progress,
  ...known
}: Omit<EventOf<'workflow.migrated'>, 'type' | 'at' | 'from'>): Changes {
  const { runs, undoable, judging, quality, cost } = known;
  const books = { spec, steps: { progress }, runs, undoable, judging, quality, cost };
  return { ...books, starting: [], omitted: undefined, failure: undefined, asked: undefined };
}

/** From outside: how good the result of a step is. */
export function rated(context: WorkflowContext, event: EventOf<'step.rated'>): Changes {
  const step = stepNumber(context, event.step);
  return step < 0 ? {} : { quality: { ...context.quality, [step]: event.quality } };
}

const letters = { COMPLETED: 'C', FAILED: 'F', CANCELLED: 'X' } as const;

const firstRuns: StepRuns = { run: 1, tries: 1, iterations: 1, fallback: 0 };

const runsOf = (context: WorkflowContext, step: number): StepRuns =>
  context.runs?.[step] ?? firstRuns;

/**
 * The run that follows one that failed, if there is to be one. One whose result its loop would not
 * have did not fail: doing it again as it was would bring nothing.
 */
function nextRun(
  context: WorkflowContext,
  step: number,
  { step: runName, outcome }: EventOf<'child.settled'>,
): StepRuns | undefined {
  const { tries = 1, fallbacks = 0 } = context.spec.plan.steps[step] ?? {};
  const runs = runsOf(context, step);
  const mayHelp = isWorthAgain(outcome.error) && !isJudging(context, runName);
  if (runs.tries < tries && mayHelp) return { ...runs, run: runs.run + 1, tries: runs.tries + 1 };
  if (runs.fallback >= fallbacks) return undefined;
  return { ...runs, run: runs.run + 1, tries: 1, fallback: runs.fallback + 1 };
}

/** Whether doing it again can help: the first cause of all says so. A time-out is worth a try. */
function isWorthAgain(error: Failure | undefined): boolean {
  let root = error;
  while (root?.cause !== undefined) root = root.cause;
  return root === undefined || root.retryable || root.code === 'WORK_TIMEOUT';
}

function startedAnew(context: WorkflowContext, step: number, next: StepRuns): Changes {
  const runs = { ...context.runs, [step]: next };
  return { runs, starting: [runNameOf({ ...context, runs }, step)], omitted: undefined };
}

/** What every end of a run adds. */
const endFacts = (context: WorkflowContext, step: number, outcome: Settlement) => ({
  ended: (context.ended ?? 0) + 1,
  ...withCost(context, runNameOf(context, step), outcome),
  ...(outcome.quality === undefined
    ? {}
    : { quality: { ...context.quality, [step]: outcome.quality } }),
});

function withLetter(
  context: WorkflowContext,
  step: number,
  letter: 'C' | 'F' | 'X' | 'K',
  outcome: Settlement,
) {
  const { spec } = context;
  const steps = endStep(spec.plan, context.steps, spec, { step, letter });
  const canUndo = letter === 'C' && spec.plan.steps[step]?.undo === true;
  return {
    steps,
    ...(canUndo ? { undoable: [...(context.undoable ?? []), step] } : {}),
    ...failures(context, steps, { step, letter, outcome }),
  };
}

interface LetterNow {
  readonly step: number;
  readonly letter: string;
  readonly outcome: Settlement;
}

/** The failure of the whole, when this end is one, or none is left who asked for an earlier one. */
function failures(
  context: WorkflowContext,
  steps: PlanState,
  { step, letter, outcome }: LetterNow,
): Pick<WorkflowContext, 'failure' | 'asked'> {
  if (context.failure !== undefined) return {};
  const { spec, asked } = context;
  const isBad = letter !== 'K' && !isFine(spec.plan, spec, step, letter);
  const failure = isBad ? stepFailure(context, runNameOf(context, step), outcome) : undefined;
  const all = failure === undefined ? asked : { ...asked, [step]: failure };
  if (steps.fatal !== undefined) return { failure: all?.[steps.fatal], asked: undefined };
  return all === asked ? {} : { asked: all };
}

/** Starts what may start now, and notes what was ruled out. */
function advanced(context: WorkflowContext, steps: PlanState, cost: number | undefined) {
  const { plan } = context.spec;
  const [next, starting] = startReady(plan, steps, context.spec, cost);
  return {
    steps: next,
    starting: starting.map((step) => runNameOf(context, step)),
    omitted: omittedSince(context, next),
  };
}

function omittedSince({ spec, steps }: WorkflowContext, next: PlanState): string[] | undefined {
  if (!next.progress.includes('O')) return undefined;
  const found = spec.plan.steps.flatMap(({ name }, step) =>
    next.progress[step] === 'O' && steps.progress[step] !== 'O' ? [name] : [],
  );
  return found.length === 0 ? undefined : found;
}

/** Its loop could not judge it, or need not. */
const judgedNow = (context: WorkflowContext, runName: string): Changes =>
  context.judging === undefined ? {} : { judging: withoutName(context.judging, runName) };

function withoutName(names: readonly string[] | undefined, name: string) {
  const rest = names?.filter((one) => one !== name);
  return rest?.length === 0 ? undefined : rest;
}
