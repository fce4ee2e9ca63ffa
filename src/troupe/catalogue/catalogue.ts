/** The catalogue of a troupe: its definitions, and how a run of each is made. */
import { approvalRunSpec } from '../../approvals/index.ts';
import type { Definitions } from '../../bots/index.ts';
import { type Fitness, logicOf } from '../../engine/index.ts';
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
  type TroupeError,
  troupeError,
  type Workflow,
  type WorkflowSpec,
} from '../../protocol/index.ts';
import type { Catalogue, Recipe, SupervisionOptions } from '../../runs/index.ts';
import { botRunSpec, taskRunSpec } from '../../tasks/index.ts';
import {
  type Estimates,
  fanWorkflow,
  inlineSteps,
  inlineWorkflow,
  planOf,
} from '../../workflows/index.ts';
import { fitnessOf, structureFor } from './fitness.ts';

import {
  checkStep,
  fanRecipe,
  functionRecipe,
  knownFunctionRecipe,
  recipeOfStep,
  type StepRecipe,
} from './step-recipes.ts';
import { type RunReads, WorkflowVersions } from './workflow-versions.ts';

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
  /** How runs of workflows go from one version to the next. */
  readonly versions: WorkflowVersions;
}

/** The catalogue over the registered definitions. */
export function troupeCatalogue(
  definitions: Definitions,
  estimates: Pick<Estimates, 'of'>,
  supervision?: SupervisionOptions,
  reads?: RunReads,
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
    const spec = specOf(definition, { registered, runnable, missing, latest, estimates });
    const kind = kindOf(definition);
    const structure = structureFor(definition);
    const defaults = isMachineDefinition(definition) ? { ...definition, supervision } : definition;
    const fits = registered(definition) ? undefined : fitsOf(definition);
    const made: Recipe = { kind, structure, defaults, spec, fits };
    recipes.set(definition, made);
    return made;
  }

  const runnable = (work: Definition | string): Definition => {
    const found = typeof work === 'string' ? latest(work) : definitionOf(work);
    if (found === undefined) throw missing(String(work));
    return canRun(found);
  };

  const workflowOf = (spec: WorkflowSpec): Workflow | undefined => {
    if (spec.inline !== null) return inlineWorkflow(spec);
    const found = only(isWorkflow, exact(spec.definition, spec.version));
    return found === undefined || spec.fan === undefined ? found : fanWorkflow(found, spec);
  };
  const bot = (id: string): Bot | undefined => only(isBot, latest(id));
  const versions = new WorkflowVersions(definitions, reads);
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
    fitness: fitnessOf({ exact, latest, bot, workflowOf, versions }),
    versions,
  };
}

interface SpecPorts extends Pick<Definitions, 'latest'> {
  readonly registered: (definition: Definition) => boolean;
  readonly runnable: (work: Definition | string) => Definition;
  readonly missing: (definition: string) => TroupeError;
  readonly estimates: Pick<Estimates, 'of'>;
}

/** How the spec of a run is made. @throws TroupeError `NOT_REGISTERED`, `BAD_OPTION`. */
function specOf(definition: Definition, ports: SpecPorts): Recipe['spec'] {
  const { registered, runnable, missing } = ports;
  if (isWorkflow(definition)) return planSpec(definition, ports);
  if (!registered(definition)) throw missing(definition.id);
  if (isMachineDefinition(definition)) return machineSpec(definition);
  if (isTask(definition)) return (base) => taskRunSpec(definition, base);
  if (isApproval(definition)) {
    return (base, options) => approvalRunSpec(definition, base, options);
  }
  const found = runnable(definition);
  return (base) => (isBot(found) ? botRunSpec(found, base) : base);
}

function planSpec(workflow: Workflow, ports: SpecPorts): Recipe['spec'] {
  const { registered, runnable, missing, latest, estimates } = ports;
  const inline = registered(workflow) ? null : inlineSteps(workflow);
  if (inline === undefined) throw missing(workflow.id);
  for (const step of workflow.steps) checkStep(workflow, step, runnable);
  const workOf = (id: string) => latest(id);
  const { id, version } = workflow;
  return (base) => {
    const plan = planOf(workflow, { workOf, estimates: estimates.of(id, version) });
    return workflowSpec(workflow, base, inline, plan);
  };
}

/** A plan that is stored with its run is another one when its steps are others. */
function fitsOf(definition: Definition): Recipe['fits'] {
  if (!isWorkflow(definition)) return undefined;
  const steps = inlineSteps(definition);
  return (spec) => equalJson(Reflect.get(spec, 'inline'), steps);
}

/** What a step runs, or a caller. @throws TroupeError `BAD_OPTION`. */
function canRun(found: Definition): Definition {
  if (!isBot(found) || found.work !== undefined || isExternal(found)) return found;
  const problem = 'is missing: it only handles messages and cannot be run';
  throw troupeError('BAD_OPTION', { where: `bot ${found.id}`, field: 'work', problem });
}

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
