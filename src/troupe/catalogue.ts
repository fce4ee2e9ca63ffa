/** The catalogue of a troupe: its definitions, and how a run of each is made. */
import { approvalRunSpec } from '../approvals/index.ts';
import type { Definitions } from '../bots/index.ts';
import { type Fitness, logicOf } from '../engine/index.ts';
import {
  type Approval,
  type ApprovalSpec,
  type Bot,
  type Definition,
  definitionOf,
  equalJson,
  isApproval,
  isBot,
  isExternal,
  isMachineDefinition,
  isTask,
  isWorkflow,
  type Json,
  type MachineDefinition,
  type RunSpec,
  type StepDefinition,
  type Task,
  troupeError,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';
import type { Catalogue, Recipe, SupervisionOptions } from '../runs/index.ts';
import { botRunSpec, functionRunSpec, taskRunSpec } from '../tasks/index.ts';
import {
  type Estimates,
  fanSpec,
  fanWorkflow,
  inlineSteps,
  inlineWorkflow,
  misfitOf,
  planOf,
  wholeOf,
} from '../workflows/index.ts';
import { fitnessOf, structureFor } from './fitness.ts';

/** What the parts of a troupe ask about definitions. */
export interface TroupeCatalogue extends Catalogue {
  bots(): Bot[];
  bot(id: string): Bot | undefined;
  task(id: string, version: string): Task | undefined;
  /** The approval of a run. */
  approvalOf(spec: ApprovalSpec): Approval | undefined;
  /** The workflow of a run, registered or stored with it. */
  workflowOf(spec: WorkflowSpec): Workflow | undefined;
  /** How the run of a workflow's step is made. @throws TroupeError `NOT_REGISTERED`. */
  stepRecipe(workflow: Workflow, step: StepDefinition, work: StepDefinition['work']): StepRecipe;
  /** How the run is made of a step that fans out over these items. */
  fanRecipe(
    workflow: Workflow,
    step: StepDefinition,
    items: readonly Json[],
    budget?: number,
  ): StepRecipe;
  /** How the run is made that undoes a step. */
  undoRecipe(workflow: Workflow, step: StepDefinition): StepRecipe;
  /** Why a recorded actor can't go on; undefined when it can. */
  readonly fitness: Fitness;
}

/** What a step runs, and how; its functions belong to the workflow. */
export interface StepRecipe {
  readonly definition: Definition;
  readonly recipe: Recipe;
}

/** The catalogue over the registered definitions. */
export function troupeCatalogue(
  definitions: Definitions,
  estimates: Pick<Estimates, 'of'>,
  supervision?: SupervisionOptions,
): TroupeCatalogue {
  const { exact, latest, ids } = definitions;
  const missing = (definition: string) =>
    troupeError('NOT_REGISTERED', { definition, known: ids() });
  const registered = (own: Definition): boolean => exact(own.id, own.version) === own;

  /** What is registered stays so: a recipe that was made once is good for ever. */
  const recipes = new WeakMap<Definition, Recipe>();

  function recipe(definition: Definition): Recipe {
    const known = recipes.get(definition);
    if (known !== undefined) return known;
    const spec = specOf(definition);
    const kind = kindOf(definition);
    const structure = structureFor(definition);
    const defaults = isMachineDefinition(definition) ? { ...definition, supervision } : definition;
    const made: Recipe = { kind, structure, defaults, spec, fits: fitsOf(definition) };
    recipes.set(definition, made);
    return made;
  }

  /** A plan that is stored with its run is another one when its steps are others. */
  function fitsOf(definition: Definition): Recipe['fits'] {
    if (!isWorkflow(definition) || registered(definition)) return undefined;
    const steps = inlineSteps(definition);
    return (spec) => equalJson(Reflect.get(spec, 'inline'), steps);
  }

  function specOf(definition: Definition): Recipe['spec'] {
    const isRegistered = registered(definition);
    if (isWorkflow(definition)) {
      const inline = isRegistered ? null : inlineSteps(definition);
      if (inline === undefined) throw missing(definition.id);
      for (const step of definition.steps) checkStep(definition, step, runnable);
      const workOf = (id: string) => latest(id);
      const { id, version } = definition;
      return (base) => {
        const plan = planOf(definition, { workOf, estimates: estimates.of(id, version) });
        return workflowSpec(definition, base, inline, plan);
      };
    }
    if (!isRegistered) throw missing(definition.id);
    if (isMachineDefinition(definition)) return machineSpec(definition);
    if (isTask(definition)) return (base) => taskRunSpec(definition, base);
    if (isApproval(definition)) {
      return (base, options) => approvalRunSpec(definition, base, options);
    }
    const found = runnable(definition);
    return (base) => (isBot(found) ? botRunSpec(found, base) : base);
  }

  /** What a step runs, or a caller. @throws TroupeError `NOT_REGISTERED`, `BAD_OPTION`. */
  function runnable(work: Definition | string): Definition {
    const found = typeof work === 'string' ? latest(work) : definitionOf(work);
    if (found === undefined) throw missing(String(work));
    if (!isBot(found) || found.work !== undefined || isExternal(found)) return found;
    const problem = 'is missing: it only handles messages and cannot be run';
    throw troupeError('BAD_OPTION', { where: `bot ${found.id}`, field: 'work', problem });
  }

  const workflowOf = (spec: WorkflowSpec): Workflow | undefined => {
    if (spec.inline !== null) return inlineWorkflow(spec);
    const found = only(isWorkflow, exact(spec.definition, spec.version));
    return found === undefined || spec.fan === undefined ? found : fanWorkflow(found, spec);
  };
  const bot = (id: string): Bot | undefined => only(isBot, latest(id));
  return {
    exact,
    latest,
    ids,
    recipe,
    bots: () => ids().flatMap((id) => bot(id) ?? []),
    bot,
    task: (id, version) => only(isTask, exact(id, version)),
    approvalOf: (spec) => only(isApproval, exact(spec.definition, spec.version)),
    workflowOf,
    stepRecipe: (workflow, step, work) => {
      if (typeof work === 'function') return knownFunctionRecipe(workflow, step);
      const definition = runnable(work);
      return { definition, recipe: recipeOfStep(recipe(definition), step, workflow) };
    },
    fanRecipe,
    undoRecipe: (workflow, { undo, timeoutMs }) =>
      functionRecipe(workflow, { retry: undo?.retry, timeoutMs }),
    fitness: fitnessOf({ exact, latest, bot, workflowOf }),
  };
}

/** What a step runs is there; what it names has no use for what it could not refuse. */
function checkStep(
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
function knownFunctionRecipe(workflow: Workflow, step: StepDefinition): StepRecipe {
  const known = functionRecipes.get(workflow) ?? new Map<StepDefinition, StepRecipe>();
  functionRecipes.set(workflow, known);
  const recipe = known.get(step) ?? functionRecipe(workflow, step);
  known.set(step, recipe);
  return recipe;
}

/** A function has no retry policy and no time-out but those of its step. */
const functionRecipe = (
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
function recipeOfStep(
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
const fanRecipe = (
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

const workflowSpec = (
  { concurrency, onFailure, budget }: Workflow,
  base: RunSpec,
  inline: WorkflowSpec['inline'],
  plan: WorkflowSpec['plan'],
): WorkflowSpec => ({
  ...base,
  plan,
  concurrency,
  inline,
  ...(onFailure === undefined ? {} : { onFailure }),
  ...(budget === undefined ? {} : { budget }),
});

/** A machine that can't be made durable is refused when it is to be run. */
function machineSpec({ machine }: MachineDefinition): Recipe['spec'] {
  logicOf(machine);
  return (base) => base;
}

const kindOf = (definition: Definition): Recipe['kind'] => {
  if (isWorkflow(definition)) return 'workflow';
  if (isApproval(definition)) return 'approval';
  return isMachineDefinition(definition) ? 'machine' : 'task';
};

/** The definition, when it is there and of that kind. */
const only = <Kind extends Definition>(
  is: (definition: Definition) => definition is Kind,
  found: Definition | undefined,
): Kind | undefined => (found !== undefined && is(found) ? found : undefined);
