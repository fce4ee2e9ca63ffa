/**
 * Migrating: what a run of an older version of a workflow is under a newer one.
 *
 * The user's function names the steps that count as completed. What was under way goes on where the
 * new plan has a step of that name with that work that may be under way now; all else begins as
 * the plan says, under a name that no run had. Nothing is guessed: what would lose a failure, or
 * the undoing of a step, is refused with the reason. Invariant: nothing here changes anything.
 */
import {
  isStopping,
  runNameOf,
  type StepRuns,
  type WorkflowContext,
} from '../../../machines/index.ts';
import { stepsIn, takeUpPlan } from '../../policies/index.ts';
import {
  type Definition,
  type Limits,
  type OldResults,
  type Plan,
  parse,
  type Settlement,
  type StepFunction,
  said,
  stepOfRun,
  stepRunName,
  type Workflow,
  type WorkflowMigrated,
  type WorkflowSpec,
} from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';
import { resultsGiven } from './results-given.ts';

/** The run of an older version. */
export interface OldRun {
  readonly context: WorkflowContext;
  /** How a step ended, as it was recorded. */
  readonly endOf: (step: string) => Settlement | undefined;
  /** A run below it, by the names on the way. */
  readonly runOf: (...names: readonly string[]) => OldStepRun | undefined;
}

/** A run of a step. */
export interface OldStepRun {
  readonly definition: string;
  readonly kind: string;
  /** What it has cost so far. */
  readonly cost?: number | undefined;
}

/** The version that it becomes one of. */
export interface NewVersion {
  readonly workflow: Workflow;
  readonly plan: Plan;
  /** What it gives is looked at. */
  readonly migrate: (old: OldResults) => unknown;
  readonly limits: Limits;
}

/** What a run becomes. */
export interface Migration {
  readonly event: Omit<WorkflowMigrated, 'at'>;
  /** How steps ended that count as completed, by name; those that are recorded so left out. */
  readonly ends: ReadonlyMap<string, Settlement>;
  /** Names of runs of steps that go on, and of those that are cancelled. */
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/** What a run becomes, or a text that says why it can't. */
export function migrationOf(old: OldRun, to: NewVersion): Migration | string {
  const { context } = old;
  const { version } = context.spec;
  if (isStopping(context)) {
    return `it ends, and what it did is undone by version ${version} alone: list both`;
  }
  if (context.steps.fatal !== undefined || context.failure !== undefined) {
    return `a step of it failed, by which version ${version} alone can end it: list both`;
  }
  try {
    return migrated(old, to);
  } catch (error) {
    return said(error);
  }
}

function migrated(old: OldRun, to: NewVersion): Migration | string {
  const { workflow, plan } = to;
  const { context } = old;
  const completed = stepsIn(context.spec.plan, context.steps, 'C');
  const given = answerOf(old, to, completed);
  if (typeof given === 'string') return given;
  const numbers = new Map(plan.steps.map(({ name }, index) => [name, index]));
  const isDone = (step: number): boolean => given.has(plan.steps[step]?.name ?? '');
  const misfit = misfitOf(plan, given, isDone) ?? undoMisfit(old, to, given);
  if (misfit !== undefined) return misfit;
  const open = openOf(context).filter((name) => old.runOf(name) !== undefined);
  const kept = open.filter((name) => {
    const number = numbers.get(stepOfRun(name).step) ?? -1;
    const after = plan.steps[number]?.after ?? [];
    return !isDone(number) && after.every(isDone) && staysAt(old, workflow, number, name);
  });
  const spec = specOf(context.spec, to);
  const keptSteps = new Set(kept.map((name) => stepOfRun(name).step));
  const letters = plan.steps.map(({ name }) =>
    given.has(name) ? 'C' : keptSteps.has(name) ? 'S' : 'W',
  );
  const judging = context.judging?.filter((name) => kept.includes(name));
  const runs = runsOf(old, plan, keptSteps);
  const undoable = undoableOf(context, numbers);
  const quality = qualityOf(context, numbers, (name) => given.has(name));
  const dropped = open.filter((name) => !kept.includes(name));
  const cost = costWith(old, dropped);
  return {
    event: {
      type: 'workflow.migrated',
      from: context.spec.version,
      spec,
      progress: takeUpPlan(plan, spec, letters.join('')),
      ...(runs === undefined ? {} : { runs }),
      ...(undoable === undefined ? {} : { undoable }),
      ...(judging === undefined ? {} : { judging: judging }),
      ...(quality === undefined ? {} : { quality }),
      ...(cost === undefined ? {} : { cost }),
    },
    ends: endsOf(old, given),
    kept,
    dropped,
  };
}

/** The results that the migration gives, by step; a text says what is wrong with them. */
function answerOf(
  { context, endOf }: OldRun,
  { workflow, migrate, limits }: NewVersion,
  completed: readonly string[],
): ReadonlyMap<string, unknown> | string {
  const { input } = context.spec;
  const what = `input of ${workflow.id} version ${workflow.version}`;
  if (workflow.input !== undefined) parse(workflow.input, input, what);
  const results = completed.map((name): [string, unknown] => [name, endOf(name)?.result]);
  const old: OldResults = { ...Object.fromEntries(results), input };
  const given = resultsGiven(migrate(structuredClone(old)));
  if (typeof given === 'string') return given;
  const names = new Set(workflow.steps.map(({ name }) => name));
  const unknown = [...given.keys()].find((name) => !names.has(name));
  if (unknown !== undefined) return `it names ${unknown}, which is no step of ${workflow.version}`;
  // Nothing stands for a step that gave nothing, or for one that was not there to give.
  const named = [...given].filter(
    ([name, value]) => value !== undefined || completed.includes(name),
  );
  const sized = named.map(([name, value]): [string, unknown] => [
    name,
    checkSize(value, `result of step ${name}`, limits),
  ]);
  return new Map(sized);
}

/** A step that is done waits for nothing that is not. */
function misfitOf(
  plan: Plan,
  given: ReadonlyMap<string, unknown>,
  isDone: (step: number) => boolean,
): string | undefined {
  for (const { name, after } of plan.steps) {
    const before = given.has(name) ? after.find((step) => !isDone(step)) : undefined;
    if (before === undefined) continue;
    const open = plan.steps[before]?.name ?? '';
    return `it says that ${name} is done, and not ${open}, which ${name} waits for`;
  }
  return undefined;
}

/** What can be undone stays so. */
function undoMisfit(
  { context }: OldRun,
  { workflow }: NewVersion,
  given: ReadonlyMap<string, unknown>,
): string | undefined {
  const undoing = new Set(
    workflow.steps.flatMap(({ name, undo }) => (undo === undefined ? [] : [name])),
  );
  const lost = (context.undoable ?? [])
    .map((step) => context.spec.plan.steps[step]?.name ?? '')
    .find((name) => !given.has(name) || !undoing.has(name));
  if (lost === undefined) return undefined;
  return `its step ${lost} completed and can be undone: give its result to such a step ${lost}`;
}

/** Names of the runs of steps under way, those whose loops judge them included. */
const openOf = (context: WorkflowContext): string[] =>
  context.spec.plan.steps.flatMap((_, step) =>
    context.steps.progress[step] === 'S' ? [runNameOf(context, step)] : [],
  );

/** Whether the run of a step under way may be that of the step of this number, too. */
function staysAt(old: OldRun, workflow: Workflow, number: number, name: string): boolean {
  const { context } = old;
  const step = workflow.steps[number];
  const before = context.spec.plan.steps.findIndex((one) => one.name === step?.name);
  const run = old.runOf(name);
  if (step === undefined || run === undefined) return false;
  const isLoop = context.spec.plan.steps[before]?.loop === true;
  if (isLoop !== (step.loop !== undefined)) return false;
  const { fallback = 0 } = context.runs?.[before] ?? {};
  const work = fallback === 0 ? step.work : step.fallback?.[fallback - 1];
  if (work === undefined) return false;
  if (step.each === undefined) return isRunOf(run, workflow, work);
  const isFan = run.kind === 'workflow' && run.definition === workflow.id;
  const item = old.runOf(name, '1');
  // Which work an item names is code of its version.
  return (
    isFan && step.each.works === undefined && item !== undefined && isRunOf(item, workflow, work)
  );
}

function isRunOf(
  { kind, definition }: OldStepRun,
  workflow: Workflow,
  work: Definition | string | StepFunction,
): boolean {
  if (typeof work === 'function') return kind === 'task' && definition === workflow.id;
  const id = typeof work === 'string' ? work : work.id;
  return definition === id && definition !== workflow.id;
}

/** What it has cost, with what is cancelled. */
const costWith = ({ context, runOf }: OldRun, dropped: readonly string[]): number | undefined => {
  const costs = [context.cost, ...dropped.map((name) => runOf(name)?.cost)];
  const known = costs.flatMap((cost) => cost ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, cost) => sum + cost, 0);
};

/** What a run is told to do stays; how its plan is carried out is that of its version. */
function specOf(
  { onFailure: _, budget: __, ...spec }: WorkflowSpec,
  { workflow, plan }: NewVersion,
): WorkflowSpec {
  const { version, concurrency, onFailure, budget } = workflow;
  return {
    ...spec,
    version,
    plan,
    concurrency,
    ...(onFailure === undefined ? {} : { onFailure: onFailure }),
    ...(budget === undefined ? {} : { budget: budget }),
  };
}

/** Numbers of runs: those that go on keep theirs, and no new one has the name of an earlier one. */
function runsOf({ context, runOf }: OldRun, plan: Plan, kept: ReadonlySet<string>) {
  const old = new Map(context.spec.plan.steps.map(({ name }, step) => [name, step]));
  const runs: Record<string, StepRuns> = {};
  for (const [step, { name }] of plan.steps.entries()) {
    const known = context.runs?.[old.get(name) ?? -1];
    if (kept.has(name)) {
      if (known !== undefined) runs[step] = known;
      continue;
    }
    let next = known?.run ?? 1;
    while (runOf(stepRunName(name, next)) !== undefined) next += 1;
    if (next > 1) runs[step] = { run: next, tries: 1, iterations: 1, fallback: 0, since: next };
  }
  return Object.keys(runs).length === 0 ? undefined : runs;
}

const undoableOf = (
  { undoable, spec }: WorkflowContext,
  numbers: ReadonlyMap<string, number>,
): number[] | undefined =>
  undoable?.map((step) => numbers.get(spec.plan.steps[step]?.name ?? '') ?? -1);

function qualityOf(
  { quality = {}, spec }: WorkflowContext,
  numbers: ReadonlyMap<string, number>,
  isDone: (name: string) => boolean,
): Record<string, number> | undefined {
  const known = Object.entries(quality).flatMap(([step, good]) => {
    const name = spec.plan.steps[Number(step)]?.name ?? '';
    const number = isDone(name) ? numbers.get(name) : undefined;
    return number === undefined ? [] : [[String(number), good] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Results that are others than those recorded under the name. */
function endsOf(
  { endOf, context }: OldRun,
  given: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Settlement> {
  const completed = new Set(stepsIn(context.spec.plan, context.steps, 'C'));
  const ends = new Map<string, Settlement>();
  for (const [name, result] of given) {
    const known = completed.has(name) ? endOf(name) : undefined;
    if (known !== undefined && JSON.stringify(known.result) === JSON.stringify(result)) continue;
    ends.set(name, { status: 'COMPLETED', ...(result === undefined ? {} : { result: result }) });
  }
  return ends;
}
