/**
 * `graph`: a workflow from data. Steps come as a record, in any order, and wait for each other by
 * name; what they give is `unknown`. Unknown names and cycles are refused when it is declared.
 */
import { z } from 'zod';
import { cycleIn } from '../policies/index.ts';
import {
  type CallerInput,
  checkId,
  checkJson,
  checkOptions,
  type Definition,
  definitionCore,
  definitionId,
  type FailureMode,
  type FunctionContext,
  type Json,
  limits,
  PureFunctionOption,
  RecordOption,
  type Runnable,
  type Schema,
  type StepDefinition,
  type StepFunction,
  troupeError,
  type Workflow,
  type WorkflowMigration,
  type WorkInput,
} from '../protocol/index.ts';
import { factsOf, WorkflowOptions } from './define-workflow.ts';
import { drawable } from './picture/machine-of.ts';
import { indexesOf, planOf } from './plans/plan.ts';
import { stepInput, stepName, stepOf, stepWork } from './step.ts';
import { StepFields } from './step-fields.ts';
import type { ChainStepOptions, EachOptions } from './step-options.ts';
import { migrationsOf } from './versions/migrations.ts';

/** What the functions of a graph see: the run's `input`, and results by step. */
export type GraphView<Input> = Readonly<Record<string, unknown>> & { readonly input: Input };

/** One step of a graph. */
export interface GraphStep<Input = unknown>
  extends Omit<ChainStepOptions<string, GraphView<Input>>, 'after'> {
  /** A definition, the id of a registered one, or a function. */
  readonly work: Runnable | string | ((view: GraphView<Input> & FunctionContext) => unknown);
  /** The input as JSON, or a pure function that makes it; functions take none. */
  readonly input?: Json | ((view: GraphView<Input>) => unknown) | undefined;
  /** Names of the steps it waits for (default none). */
  readonly after?: readonly string[] | undefined;
  /** Work that takes over with the same input when the step has failed; or several, in order. */
  readonly fallback?: Runnable | string | readonly (Runnable | string)[] | undefined;
  /** Its input is a list, its work runs for each item, its result is the list of results. */
  readonly each?: true | EachOptions<unknown, number, FailureMode> | undefined;
}

/** The options of a graph: those of a workflow, and its result. */
export interface GraphOptions<I extends Schema | undefined> extends Omit<WorkflowOptions<I>, 'id'> {
  /** Makes the result of input and all results; pure (default: the result of the last step). */
  readonly output?: ((view: GraphView<WorkInput<I>>) => unknown) | undefined;
  /**
   * By version: names the steps that count as completed in a live run of that version, with their
   * results; pure. Runs of a version that is not registered any more go on by it.
   */
  readonly migrations?: Readonly<Record<string, WorkflowMigration>> | undefined;
}

/**
 * Declares a workflow from data. The last step is the one that `steps` lists last, whole numbers as
 * names before all others, as JavaScript orders them.
 * @throws TroupeError `UNKNOWN_STEP`; `STEP_CYCLE` naming the members in order; `BAD_ID`,
 * `BAD_OPTION` naming the field; `NOT_JSON` for an input that is not JSON.
 */
export function graph<I extends Schema | undefined = undefined>(
  id: string,
  steps: Readonly<Record<string, GraphStep<WorkInput<I>>>>,
  options?: GraphOptions<I>,
): Workflow<CallerInput<I>, unknown, Readonly<Record<string, unknown>>>;
export function graph(id: unknown, steps: unknown, options: unknown = {}): Workflow {
  const checkedId = definitionId({ id }, 'workflow');
  const where = `workflow ${checkedId}`;
  const given = checkOptions(GraphFields, options, where);
  const core = definitionCore(checkedId, given, where);
  const entries = Object.entries(checkOptions(StepsOption, { steps }, where).steps);
  if (entries.length > limits.planSteps) {
    const problem = `are more than ${limits.planSteps}`;
    throw troupeError('BAD_OPTION', { where, field: 'steps', problem });
  }
  const workflow = drawable({
    kind: 'workflow',
    ...core,
    ...factsOf(given),
    steps: Object.freeze(entries.map(([name, step]) => graphStep(name, step, core.retry, where))),
    result: given.output,
    ...(given.migrations === undefined
      ? {}
      : { migrations: migrationsOf(core, Object.entries(given.migrations)) }),
  });
  refuseTangles(workflow);
  return workflow;
}

const GraphFields = WorkflowOptions.omit({ id: true }).extend({
  output: PureFunctionOption.optional(),
  migrations: RecordOption.optional(),
});

const StepsOption = z.object({ steps: RecordOption });

const GraphStepFields = z.strictObject({
  ...StepFields,
  work: z.unknown().optional(),
  input: z.unknown().optional(),
});

function graphStep(
  place: string,
  step: unknown,
  retry: Workflow['retry'],
  workflow: string,
): StepDefinition {
  const name = stepName(place, workflow);
  const where = `${workflow}, step ${name}`;
  const { work: given, input: data, ...options } = checkOptions(GraphStepFields, step, where);
  const work = graphWork(given, where);
  const input = graphInput(data, where);
  return stepOf({ name, work, input, after: options.after ?? [], options }, retry, where);
}

const graphWork = (work: unknown, where: string): Definition | string | StepFunction =>
  typeof work === 'string' ? checkId(work, `work of ${where}`) : stepWork(work, where);

function graphInput(input: unknown, where: string): StepDefinition['input'] {
  if (input === undefined) return undefined;
  if (typeof input === 'function') return stepInput(input, where);
  return Object.freeze({ json: checkJson(input, `input of ${where}`) });
}

function refuseTangles(workflow: Workflow): void {
  const places = indexesOf(workflow);
  for (const step of workflow.steps) {
    const unknown = step.after.find((name) => !places.has(name));
    if (unknown === undefined) continue;
    throw troupeError('UNKNOWN_STEP', { workflow: workflow.id, step: step.name, unknown });
  }
  const cycle = cycleIn(planOf(workflow));
  if (cycle === undefined) return;
  const members = cycle.map((index) => workflow.steps[index]?.name ?? '');
  throw troupeError('STEP_CYCLE', { workflow: workflow.id, members });
}
