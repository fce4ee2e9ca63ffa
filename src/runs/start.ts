/**
 * Starting a run: same id, same run.
 *
 * An id names one run of its definition. Started again with equal input it is that run, even
 * finished, even after a restart; with another input, or by another definition, it is refused.
 */
import type { Cell } from '../actor/index.ts';
import type { Creation, Stage } from '../engine/index.ts';
import {
  type Address,
  asAddress,
  checkJson,
  type Definition,
  durationMs,
  equalJson,
  isMachineDefinition,
  isTask,
  type Json,
  type Limits,
  limits,
  parse,
  priorities,
  type RunSpec,
  type RunSupervision,
  retryPolicy,
  runAddress,
  runIdOf,
  type Schema,
  segmentsOf,
  troupeError,
} from '../protocol/index.ts';
import type { Recipe } from './catalogue.ts';
import { type RunOptions, runSupervision } from './options.ts';

/** A run that is to be started. */
export interface RunRequest {
  readonly definition: Definition;
  readonly recipe: Recipe;
  readonly address: Address;
  /** The run that it is a step of. */
  readonly parent: { readonly cell: Cell; readonly step: string } | null;
  readonly createdBy: string;
  /** As `checkInput` gave it. */
  readonly input: Json | undefined;
  readonly options: Omit<RunOptions, 'id' | 'signal'>;
}

/**
 * Checks an input at the door: JSON, within the size limit, and fitting the schemas. The result is
 * a copy, which nobody outside can change; the run takes that.
 * @throws TroupeError `NOT_JSON`, `TOO_LARGE`, `INVALID`, `SCHEMA_ASYNC`.
 */
export function checkInput(definition: Definition, input: unknown, limits: Limits) {
  const what = `input of ${definition.id}`;
  const copy = checkSize(input, what, limits);
  let value: unknown = copy;
  for (const schema of inputSchemasOf(definition)) value = parse(schema, value, what);
  return copy;
}

/**
 * The schemas that an input goes through: the definition's own, then, when a task names its bot,
 * the bot's.
 */
export function inputSchemasOf(definition: Definition): readonly Schema[] {
  const own = definition.input === undefined ? [] : [definition.input];
  if (!isTask(definition) || definition.route.by !== 'bot') return own;
  const { input } = definition.route.bot;
  return input === undefined ? own : [...own, input];
}

/**
 * Checks that a value is JSON and within the size limit; gives a copy of it.
 * @throws TroupeError `NOT_JSON`, `TOO_LARGE`.
 */
export function checkSize(value: unknown, what: string, limits: Limits): Json | undefined {
  const copy = checkJson(value, what);
  const chars = copy === undefined ? 0 : JSON.stringify(copy).length;
  if (chars <= limits.payloadChars) return copy;
  throw troupeError('TOO_LARGE', { what, chars, charsMax: limits.payloadChars });
}

/** A run that was found or made. */
export interface StagedRun {
  readonly cell: Cell;
  readonly isNew: boolean;
}

/**
 * Stages a run: the one that exists under its address, or a new one.
 * @throws TroupeError `RUN_CONFLICT`, `RUN_DEPTH`, `UNKNOWN_RUN` for one of `after`.
 */
export function stageRun(stage: Stage, request: RunRequest): StagedRun {
  const existing = stage.find(request.address);
  if (existing !== undefined) return { cell: attached(existing, request), isNew: false };
  return { cell: stage.create(runCreation(stage, request)), isNew: true };
}

/**
 * What makes the actor of a run.
 * @throws TroupeError `RUN_DEPTH`, `UNKNOWN_RUN` for one of `after`.
 */
export function runCreation(stage: Stage, request: RunRequest): Creation {
  checkDepth(request);
  const after = (request.options.after ?? []).map((run) => addressOfRun(run, stage));
  for (const address of after) {
    if (stage.find(address) === undefined) {
      throw troupeError('UNKNOWN_RUN', { run: runIdOf(address) });
    }
  }
  return {
    address: request.address,
    kind: request.recipe.kind,
    definition: request.definition.id,
    version: request.definition.version,
    structure: request.recipe.structure,
    parent: request.parent?.cell.address ?? '',
    spec: request.recipe.spec(baseSpec(stage, request, after), request.options),
  };
}

/** Work that starts itself as its own step, and that again, comes to an end here. */
function checkDepth({ address, parent }: RunRequest): void {
  // The kind, the definition and the id of the first run, then one name for each level.
  if (parent === null || segmentsOf(address).length - 3 < limits.runDepth) return;
  throw troupeError('RUN_DEPTH', { run: runIdOf(parent.cell.address), depth: limits.runDepth });
}

/**
 * The address of a run that a user named by handle or by id, such as `finder/q-42`. A text may also
 * be the address that logs show, `run/finder/q-42`, unless it is the id of a run as well.
 * @throws TroupeError `BAD_OPTION` when it is neither.
 */
export function addressOfRun(run: unknown, among: Pick<Stage, 'find'>, where = 'a run'): Address {
  const isHandle = typeof run === 'object' && run !== null && 'runId' in run;
  const id = isHandle ? run.runId : run;
  if (typeof id !== 'string' || id === '') {
    const problem = 'must be a run or its id, such as finder/q-42';
    throw troupeError('BAD_OPTION', { where, field: 'id', problem });
  }
  const address = asAddress(`run/${id}`);
  const isAddress = !isHandle && id.startsWith('run/') && among.find(address) === undefined;
  return isAddress && among.find(asAddress(id)) !== undefined ? asAddress(id) : address;
}

/** The address of a definition's run by the id that a user gave it. */
export const addressOf = (definition: Definition, id: string): Address =>
  runAddress(definition.id, id);

function attached(cell: Cell, request: RunRequest): Cell {
  const { spec } = cell;
  const same =
    cell.identity.definition === request.definition.id &&
    equalJson(spec.input, request.input) &&
    request.recipe.fits?.(spec) !== false;
  if (same) return cell;
  throw troupeError('RUN_CONFLICT', {
    run: runIdOf(cell.address),
    definition: cell.identity.definition,
  });
}

/** One literal for what every run has: specs are made for each step of each workflow. */
function baseSpec(stage: Stage, request: RunRequest, after: readonly Address[]): RunSpec {
  const { definition, options, parent, recipe } = request;
  const { defaults } = recipe;
  const { notBefore, retry, timeout } = options;
  const timeoutMs = timeout === undefined ? defaults.timeoutMs : durationMs(timeout);
  const above: RunSpec | undefined = parent?.cell.spec;
  const spec: RunSpec = {
    run: request.address,
    definition: definition.id,
    version: definition.version,
    parent: parent?.cell.address ?? null,
    step: parent?.step ?? null,
    type: definition.kind,
    domain: null,
    createdBy: request.createdBy,
    createdAt: stage.now,
    requirements: options.requirements ?? none,
    constraints: options.constraints ?? none,
    dependsOn: after.length === 0 ? none : [...new Set(after)],
    input: request.input,
    title: options.title ?? defaults.title ?? null,
    description: options.description ?? defaults.description ?? null,
    priority: options.priority ?? defaults.priority ?? above?.priority ?? priorities.NORMAL,
    dueAt: options.due?.valueOf() ?? null,
    onDependencyFailure: options.onDependencyFailure ?? 'fail',
    retry: retry === undefined ? defaults.retry : retryPolicy(retry),
    timeoutMs: timeoutMs ?? null,
  };
  if (notBefore === undefined && !isMachineDefinition(definition)) return spec;
  return {
    ...spec,
    ...(notBefore === undefined ? {} : { notBefore: notBefore.valueOf() }),
    ...(isMachineDefinition(definition) ? { supervision: supervisionOf(request) } : {}),
  };
}

const none: string[] = [];

const supervisionOf = ({ options, recipe }: RunRequest): RunSupervision =>
  runSupervision(options.supervision ?? recipe.defaults.supervision);
