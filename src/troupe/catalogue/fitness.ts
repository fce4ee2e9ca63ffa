/**
 * Fitness: whether what a journal holds alive can go on with the definitions that there are.
 *
 * A run needs its definition, of its version and with the structure it began with, and the work
 * that it has still to call. A bot needs its definition: without one its actor keeps its mail.
 */
import {
  byHandOf,
  machines,
  type TaskContext,
  type WorkflowContext,
} from '../../../machines/index.ts';
import { chartOf, type Fitness, type Migrating, misfitOf } from '../../engine/index.ts';
import type { ActorRecord } from '../../journal/index.ts';
import { fingerprint } from '../../policies/index.ts';
import {
  type Bot,
  type Definition,
  isMachineDefinition,
  structureOf,
  type TaskSpec,
  type Workflow,
  type WorkflowSpec,
} from '../../protocol/index.ts';

/** What fitness asks about definitions. */
export interface FitnessPorts {
  readonly exact: (id: string, version: string) => Definition | undefined;
  readonly latest: (id: string) => Definition | undefined;
  readonly bot: (id: string) => Bot | undefined;
  readonly workflowOf: (spec: WorkflowSpec) => Workflow | undefined;
  readonly versions: FitnessVersions;
}

/** What fitness asks about versions of workflows. */
export interface FitnessVersions {
  newer(record: ActorRecord): Workflow | undefined;
  isDropped(record: ActorRecord): boolean;
  wholeOf(record: ActorRecord): ActorRecord | undefined;
  look(
    record: ActorRecord,
    workflow: Workflow,
  ): { readonly event: { readonly progress: string } } | string | undefined;
}

/** The fitness of records under some definitions; a reason says why one can't go on. */
export function fitnessOf(ports: FitnessPorts): Fitness {
  const own = ownFitness(ports);
  return (record) => {
    const misfit = own(record);
    // What is cancelled by a migration above it needs nothing to go on.
    return misfit !== undefined && ports.versions.isDropped(record) ? undefined : misfit;
  };
}

function ownFitness(ports: FitnessPorts): Fitness {
  return (record) => {
    if (record.kind === 'bot') return missingBot(ports, record.definition);
    if (record.kind === 'workflow') return workflowFitness(ports, record);
    if (record.kind === 'machine') return machineFitness(ports, record);
    if (record.kind === 'approval') {
      return definitionFitness(ports.exact(record.definition, record.version), record);
    }
    return record.kind === 'task' ? taskFitness(ports, record) : undefined;
  };
}

const structures = new WeakMap<Definition, string>();

/** What must not change while a run lives: the definition's structure, and our own machine's. */
export function structureFor(definition: Definition): string {
  const known = structures.get(definition);
  if (known !== undefined) return known;
  const made = isMachineDefinition(definition)
    ? fingerprint(chartOf(definition.machine))
    : ownStructure(definition);
  structures.set(definition, made);
  return made;
}

function ownStructure(definition: Definition): string {
  const { kind } = definition;
  const isOfTask = kind !== 'workflow' && kind !== 'approval';
  const machine = isOfTask ? machines.task : machines[kind];
  return `${fingerprint(structureOf(definition))}-${machine.id}${machine.version}`;
}

/** How the newest version of a machine takes over what an older one left; undefined: not at all. */
export function migratingOf(latest: Definition | undefined, from: string): Migrating | undefined {
  if (latest === undefined || !isMachineDefinition(latest)) return undefined;
  if (!Object.hasOwn(latest.migrations, from)) return undefined;
  const migrate = latest.migrations[from];
  if (migrate === undefined) return undefined;
  return { version: latest.version, structure: structureFor(latest), migrate };
}

/** A machine also goes on when its newest version says how, and what that gives can live. */
function machineFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const { definition, version } = record;
  const exact = ports.exact(definition, version);
  const latest = ports.latest(definition);
  const migrating = exact === undefined ? migratingOf(latest, version) : undefined;
  if (migrating === undefined || latest === undefined || !isMachineDefinition(latest)) {
    const misfit = definitionFitness(exact, record);
    return misfit && `${misfit}${migrationHint(exact, latest, version)}`;
  }
  const misfit = misfitOf(latest.machine, migrating, record);
  const name = `its migration from version ${version} to ${latest.version}`;
  return misfit === undefined ? undefined : `${name} fails: ${misfit}`;
}

/** How a migration could help, in words. */
function migrationHint(
  exact: Definition | undefined,
  latest: Definition | undefined,
  from: string,
): string {
  if (latest === undefined) return '';
  if (exact === undefined) return `, and version ${latest.version} has no migration from ${from}`;
  if (exact === latest) return ', or migrate';
  if (migratingOf(latest, from) === undefined) return `, or migrate from ${from}`;
  return `; its migration to ${latest.version} is taken when version ${from} is left out`;
}

function workflowFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const spec: WorkflowSpec = JSON.parse(record.input);
  const workflow = ports.workflowOf({ ...spec, fan: undefined });
  const newer = workflow === undefined ? ports.versions.newer(record) : undefined;
  if (newer !== undefined) return newerFitness(ports, record, spec, newer);
  const misfit = definitionFitness(workflow, record);
  if (workflow === undefined || misfit !== undefined) {
    return misfit && `${misfit}${workflowHint(ports, workflow, record)}`;
  }
  const { context }: { context: WorkflowContext } = JSON.parse(record.snapshot);
  return missingWork(ports, workflow, context.steps.progress, spec.fan);
}

/** A run of a version that is gone goes on as one of a newer; a part of it does with the whole. */
function newerFitness(
  ports: FitnessPorts,
  record: ActorRecord,
  { fan }: WorkflowSpec,
  newer: Workflow,
): string | undefined {
  if (fan !== undefined) return partFitness(ports, record);
  const found = ports.versions.look(record, newer);
  const name = `its migration from version ${record.version} to ${newer.version}`;
  if (typeof found === 'string') return `${name} fails: ${found}`;
  return found && missingWork(ports, newer, found.event.progress, undefined);
}

/** A part of a workflow whose version is gone is as fit as the whole. */
function partFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const whole = ports.versions.wholeOf(record);
  return whole === undefined ? definitionFitness(undefined, record) : fitnessOf(ports)(whole);
}

/** How a migration could help, in words. */
function workflowHint(
  { latest }: FitnessPorts,
  exact: Workflow | undefined,
  { definition, version }: ActorRecord,
): string {
  const newest = latest(definition);
  if (exact !== undefined || newest === undefined || newest.kind !== 'workflow') return '';
  return `, and no other version has a migration from ${version}`;
}

function missingWork(
  ports: FitnessPorts,
  workflow: Workflow,
  progress: string,
  fan: string | undefined,
): string | undefined {
  const missing = workflow.steps
    .filter((_, index) => fan !== undefined || progress[index] !== 'C')
    .filter(({ name }) => fan === undefined || name === fan)
    .flatMap(({ work, fallback = [] }) => [work, ...fallback])
    .find((work) => typeof work === 'string' && ports.latest(work) === undefined);
  return missing === undefined ? undefined : `its step calls ${missing}, which is not registered`;
}

function taskFitness(ports: FitnessPorts, record: ActorRecord): string | undefined {
  const spec: TaskSpec = JSON.parse(record.input);
  const exact = ports.exact(record.definition, record.version);
  const isPart = spec.route === 'none' && exact === undefined;
  if (isPart && ports.versions.newer(record) !== undefined) return partFitness(ports, record);
  const misfit = definitionFitness(exact, record);
  if (misfit !== undefined || spec.route === 'none') return misfit;
  const { context }: { context: TaskContext } = JSON.parse(record.snapshot);
  const bot = context.assignedTo ?? spec.bot;
  if (bot === null) return undefined;
  return missingBot(ports, bot) ?? drivenMisfit(ports, bot, byHandOf({ ...context, spec }));
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
  return structureFor(found) === structure ? undefined : `${name} has changed: ${raise}`;
}

const raise = 'raise its version and list both';

const missingBot = ({ bot }: FitnessPorts, id: string): string | undefined =>
  bot(id) === undefined ? `the bot ${id} is not registered` : undefined;
