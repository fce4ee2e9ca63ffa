/**
 * Fitness: whether what a journal holds alive can go on with the definitions that there are.
 *
 * A run needs its definition, of its version and with the structure it began with, and the work
 * that it has still to call. A bot needs its definition: without one its actor keeps its mail.
 */
import { machines, type TaskContext, type WorkflowContext } from '../../machines/index.ts';
import { chartOf, type Fitness } from '../engine/index.ts';
import type { ActorRecord } from '../journal/index.ts';
import { fingerprint } from '../policies/index.ts';
import {
  type Bot,
  type Definition,
  isMachineDefinition,
  structureOf,
  type TaskSpec,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';

/** What fitness asks about definitions. */
export interface FitnessPorts {
  readonly exact: (id: string, version: string) => Definition | undefined;
  readonly latest: (id: string) => Definition | undefined;
  readonly bot: (id: string) => Bot | undefined;
  readonly workflowOf: (spec: WorkflowSpec) => Workflow | undefined;
}

/** The fitness of records under some definitions; a reason says why one can't go on. */
export function fitnessOf(ports: FitnessPorts): Fitness {
  return (record) => {
    if (record.kind === 'bot') return missingBot(ports, record.definition);
    if (record.kind === 'workflow') return workflowFitness(ports, record);
    if (record.kind === 'machine') return machineFitness(ports, record);
    return record.kind === 'task' ? taskFitness(ports, record) : undefined;
  };
}

const structures = new WeakMap<Definition, string>();

/** What must not change while a run lives: the definition's structure, and our own machine's. */
export function structureFor(definition: Definition): string {
  const known = structures.get(definition);
  if (known !== undefined) return known;
  if (isMachineDefinition(definition)) return fingerprint(chartOf(definition.machine));
  const machine = definition.kind === 'workflow' ? machines.workflow : machines.task;
  const made = `${fingerprint(structureOf(definition))}-${machine.id}${machine.version}`;
  structures.set(definition, made);
  return made;
}

/** A machine also goes on when its newest version says how. */
function machineFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const exact = ports.exact(record.definition, record.version);
  const latest = ports.latest(record.definition);
  const canMigrate =
    latest !== undefined &&
    isMachineDefinition(latest) &&
    Object.hasOwn(latest.migrations, record.version);
  return exact === undefined && canMigrate ? undefined : definitionFitness(exact, record);
}

function workflowFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const spec: WorkflowSpec = JSON.parse(record.input);
  const workflow = ports.workflowOf(spec);
  const misfit = definitionFitness(workflow, record);
  if (workflow === undefined || misfit !== undefined) return misfit;
  const { context }: { context: WorkflowContext } = JSON.parse(record.snapshot);
  const missing = workflow.steps
    .filter((_, index) => context.steps.progress[index] !== 'C')
    .map(({ work }) => work)
    .find((work) => typeof work === 'string' && ports.latest(work) === undefined);
  return missing === undefined ? undefined : `its step calls ${missing}, which is not registered`;
}

function taskFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const spec: TaskSpec = JSON.parse(record.input);
  const misfit = definitionFitness(ports.exact(record.definition, record.version), record);
  if (misfit !== undefined || spec.route === 'none') return misfit;
  const { context }: { context: TaskContext } = JSON.parse(record.snapshot);
  const bot = context.assignedTo ?? spec.bot;
  if (bot === null) return undefined;
  return missingBot(ports, bot) ?? drivenMisfit(ports, bot, context.byHand ?? spec.byHand);
}

/** A run that is driven by hand needs a bot without work, and all others one with it. */
function drivenMisfit({ bot }: FitnessPorts, id: string, byHand: unknown): string | undefined {
  const hasWork = bot(id)?.work !== undefined;
  if (hasWork === (byHand === undefined)) return undefined;
  return hasWork
    ? `the bot ${id} has work now, and the run is driven by hand`
    : `the bot ${id} has no work any more`;
}

function definitionFitness(
  found: Definition | undefined,
  { definition, version, structure }: ActorRecord,
): string | undefined {
  const name = `its definition ${definition} version ${version}`;
  if (found === undefined) return `${name} is not registered`;
  return structureFor(found) === structure ? undefined : `${name} has changed`;
}

const missingBot = ({ bot }: FitnessPorts, id: string): string | undefined =>
  bot(id) === undefined ? `the bot ${id} is not registered` : undefined;
