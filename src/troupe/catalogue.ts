/** The catalogue of a troupe: its definitions, and how a run of each is made. */
import { machines } from '../../machines/index.ts';
import type { Definitions } from '../bots/index.ts';
import type { Fitness } from '../engine/index.ts';
import { fingerprint } from '../policies/index.ts';
import {
  type Bot,
  type Definition,
  isBot,
  isDefinition,
  isTask,
  isWorkflow,
  type RunSpec,
  structureOf,
  type Task,
  troupeError,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';
import type { Catalogue, Recipe } from '../runs/index.ts';
import { botRunSpec, functionRunSpec, taskRunSpec } from '../tasks/index.ts';
import { inlineSteps, inlineWorkflow, planOf } from '../workflows/index.ts';

/** What the parts of a troupe ask about definitions. */
export interface TroupeCatalogue extends Catalogue {
  bots(): Bot[];
  bot(id: string): Bot | undefined;
  task(id: string, version: string): Task | undefined;
  /** The workflow of a run, registered or stored with it. */
  workflowOf(spec: WorkflowSpec): Workflow | undefined;
  /** How a function step of a workflow's run is made. */
  functionRecipe(workflow: Workflow): Recipe;
  /** What a step runs. @throws TroupeError `NOT_REGISTERED`. */
  workOfStep(work: Definition | string): Definition;
  /** Why a recorded run can't go on; undefined when it can. */
  readonly fitness: Fitness;
}

/** The catalogue over the registered definitions. */
export function troupeCatalogue(definitions: Definitions): TroupeCatalogue {
  const bots = (): Bot[] => latestOf(definitions).filter(isBot);
  const missing = (definition: string) =>
    troupeError('NOT_REGISTERED', { definition, known: definitions.ids() });
  const registered = (definition: Definition): boolean =>
    definitions.exact(definition.id, definition.version) === definition;

  function workflowSpec(workflow: Workflow, base: RunSpec): WorkflowSpec {
    const inline = registered(workflow) ? null : (inlineSteps(workflow) ?? null);
    return { ...base, plan: planOf(workflow), concurrency: workflow.concurrency, inline };
  }

  function checkSteps(workflow: Workflow): void {
    for (const { work } of workflow.steps) {
      if (typeof work === 'string' && definitions.latest(work) === undefined) throw missing(work);
    }
  }

  function recipe(definition: Definition): Recipe {
    const isInline = isWorkflow(definition) && inlineSteps(definition) !== undefined;
    if (!registered(definition) && !isInline) throw missing(definition.id);
    const structure = structureFor(definition);
    if (isWorkflow(definition)) {
      checkSteps(definition);
      return { kind: 'workflow', structure, spec: (base) => workflowSpec(definition, base) };
    }
    if (isTask(definition)) {
      return { kind: 'task', structure, spec: (base) => taskRunSpec(definition, base) };
    }
    if (isBot(definition) && definition.work !== undefined) {
      return { kind: 'task', structure, spec: (base) => botRunSpec(definition, base) };
    }
    throw troupeError('BAD_OPTION', {
      where: `bot ${definition.id}`,
      field: 'work',
      problem: 'is missing: it only handles messages and cannot be run',
    });
  }

  function exactWorkflow(id: string, version: string): Workflow | undefined {
    const found = definitions.exact(id, version);
    return found !== undefined && isWorkflow(found) ? found : undefined;
  }

  return {
    exact: definitions.exact,
    latest: definitions.latest,
    ids: definitions.ids,
    recipe,
    bots,
    bot: (id) => {
      const found = definitions.latest(id);
      return found !== undefined && isBot(found) ? found : undefined;
    },
    task: (id, version) => {
      const found = definitions.exact(id, version);
      return found !== undefined && isTask(found) ? found : undefined;
    },
    workflowOf: (spec) =>
      spec.inline === null ? exactWorkflow(spec.definition, spec.version) : inlineWorkflow(spec),
    functionRecipe: (workflow) => ({
      kind: 'task',
      structure: structureFor(workflow),
      spec: functionRunSpec,
    }),
    workOfStep: (work) => {
      const found = isDefinition(work) ? work : definitions.latest(work);
      if (found === undefined) throw missing(String(work));
      return found;
    },
    fitness: (record) => {
      if (!record.address.startsWith('run/')) return undefined;
      const { inline }: { inline?: WorkflowSpec['inline'] } = JSON.parse(record.input);
      if (inline !== undefined && inline !== null) return undefined;
      const found = definitions.exact(record.definition, record.version);
      const name = `${record.definition} version ${record.version}`;
      if (found === undefined) return `its definition ${name} is not registered`;
      if (structureFor(found) !== record.structure) return `its definition ${name} has changed`;
      return undefined;
    },
  };
}

const latestOf = (definitions: Definitions): Definition[] =>
  definitions.ids().flatMap((id) => definitions.latest(id) ?? []);

const structures = new WeakMap<Definition, string>();

/** What must not change while a run lives: the definition's structure, and our own machine's. */
function structureFor(definition: Definition): string {
  const known = structures.get(definition);
  if (known !== undefined) return known;
  const made = makeStructure(definition);
  structures.set(definition, made);
  return made;
}

function makeStructure(definition: Definition): string {
  const machine = definition.kind === 'workflow' ? machines.workflow : machines.task;
  return `${fingerprint(structureOf(definition))}-${machine.id}${machine.version}`;
}
