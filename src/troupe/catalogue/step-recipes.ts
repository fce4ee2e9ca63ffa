/** How the runs of a workflow's steps are made: of functions, work, fan-outs, and of undos. */
import {
  type Definition,
  type Json,
  type RunSpec,
  type StepDefinition,
  troupeError,
  type Workflow,
  type WorkflowSpec,
} from '../../protocol/index.ts';
import type { Recipe } from '../../runs/index.ts';
import { functionRunSpec } from '../../tasks/index.ts';
import { fanSpec, misfitOf, wholeOf } from '../../workflows/index.ts';
import { structureFor } from './fitness.ts';

/** What a step runs, and how; its functions belong to the workflow. */
export interface StepRecipe {
  readonly definition: Definition;
  readonly recipe: Recipe;
}

/** What a step runs is there; what it names has no use for what it could not refuse. */
export function checkStep(
  workflow: Workflow,
  step: StepDefinition,
  runnable: (work: Definition | string) => Definition,
): void {
  for (const other of step.fallback ?? []) runnable(other);
  for (const other of Object.values(step.each?.works ?? {})) runnable(other);
  if (typeof step.work === 'function') return;
  const work = runnable(step.work);
  if (step.each !== undefined) return;
  const field = step.retry === undefined ? 'timeout' : 'retry';
  const problem = misfitOf(work);
  if (problem === undefined || (step.retry ?? step.timeoutMs) === undefined) return;
  const where = `step ${step.name} of workflow ${workflow.id}`;
  throw troupeError('BAD_OPTION', { where, field, problem });
}

const functionRecipes = new WeakMap<Workflow, Map<StepDefinition, StepRecipe>>();

/** Steps of a chain are shared by all workflows that grow from it: a recipe is one workflow's. */
export function knownFunctionRecipe(workflow: Workflow, step: StepDefinition): StepRecipe {
  const known = functionRecipes.get(workflow) ?? new Map<StepDefinition, StepRecipe>();
  functionRecipes.set(workflow, known);
  const recipe = known.get(step) ?? functionRecipe(workflow, step);
  known.set(step, recipe);
  return recipe;
}

/** A function has no retry policy and no time-out but those of its step. */
export const functionRecipe = (
  workflow: Workflow,
  { retry, timeoutMs }: Pick<StepDefinition, 'retry' | 'timeoutMs'>,
): StepRecipe => {
  const definition = wholeOf(workflow);
  const structure = structureFor(definition);
  const defaults = { retry: retry ?? workflow.retry, timeoutMs };
  return {
    definition,
    recipe: { kind: 'task', structure, defaults, spec: functionRunSpec },
  };
};

/** In the mode `retry` the workflow's policy is that of all its steps. */
export function recipeOfStep(
  recipe: Recipe,
  { retry, timeoutMs }: StepDefinition,
  workflow: Workflow,
): Recipe {
  const { defaults } = recipe;
  const otherwise = workflow.onFailure === 'retry' ? workflow.retry : defaults.retry;
  const own = {
    ...defaults,
    retry: retry ?? otherwise,
    timeoutMs: timeoutMs ?? defaults.timeoutMs,
  };
  return { ...recipe, defaults: own };
}

/** A fan-out belongs to its workflow, as its functions do. */
export const fanRecipe = (
  workflow: Workflow,
  step: StepDefinition,
  items: readonly Json[],
  budget?: number,
): StepRecipe => {
  const spec = (base: RunSpec): WorkflowSpec => fanSpec(workflow, step, base, { items, budget });
  const defaults = { retry: workflow.retry };
  const recipe: Recipe = { kind: 'workflow', structure: structureFor(workflow), defaults, spec };
  return { definition: workflow, recipe };
};
