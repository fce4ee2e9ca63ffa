/**
 * Starting a run: same id, same run.
 *
 * An id names one run of its definition. Started again with equal input it is that run, even
 * finished, even after a restart; with another input, or by another definition, it is refused.
 */
import type { Cell } from '../actor/index.ts';
import type { Stage } from '../engine/index.ts';
import {
  type Address,
  asAddress,
  checkJson,
  type Definition,
  durationMs,
  equalJson,
  type Limits,
  parse,
  priorities,
  type RunSpec,
  retryPolicy,
  runAddress,
  runIdOf,
  troupeError,
} from '../protocol/index.ts';
import type { Recipe } from './catalogue.ts';
import type { RunOptions } from './options.ts';

/** A run that is to be started. */
export interface RunRequest {
  readonly definition: Definition;
  readonly recipe: Recipe;
  readonly address: Address;
  readonly parent: { readonly address: Address; readonly step: string } | null;
  readonly createdBy: string;
  readonly input: unknown;
  readonly options: Omit<RunOptions, 'id' | 'signal'>;
}

/**
 * Checks an input at the door: JSON, within the size limit, and fitting the schema.
 * @throws TroupeError `NOT_JSON`, `TOO_LARGE`, `INVALID`, `SCHEMA_ASYNC`.
 */
export function checkInput(definition: Definition, input: unknown, limits: Limits): void {
  const what = `input of ${definition.id}`;
  checkSize(input, what, limits);
  if (definition.input !== undefined) parse(definition.input, input, what);
}

/** Checks that a value is JSON and within the size limit. */
export function checkSize(value: unknown, what: string, limits: Limits): void {
  checkJson(value, what);
  const chars = value === undefined ? 0 : JSON.stringify(value).length;
  if (chars > limits.payloadChars) {
    throw troupeError('TOO_LARGE', { what, chars, charsMax: limits.payloadChars });
  }
}

/** A run that was found or made. */
export interface StagedRun {
  readonly cell: Cell;
  readonly isNew: boolean;
}

/**
 * Stages a run: the one that exists under its address, or a new one.
 * @throws TroupeError `RUN_CONFLICT`, `UNKNOWN_RUN` for one of `after`.
 */
export function stageRun(stage: Stage, request: RunRequest): StagedRun {
  const existing = stage.find(request.address);
  if (existing !== undefined) return { cell: attached(existing, request), isNew: false };
  const after = (request.options.after ?? []).map((run) => addressOfRun(run));
  for (const address of after) {
    if (stage.find(address) === undefined) throw troupeError('UNKNOWN_RUN', { run: address });
  }
  const cell = stage.create({
    address: request.address,
    kind: request.recipe.kind,
    definition: request.definition.id,
    version: request.definition.version,
    structure: request.recipe.structure,
    parent: request.parent?.address ?? '',
    spec: request.recipe.spec(baseSpec(stage, request, after)),
  });
  return { cell, isNew: true };
}

/** The address of a run that a user named by handle or by id. */
export const addressOfRun = (run: string | { readonly runId: string }): Address => {
  const id = typeof run === 'string' ? run : run.runId;
  return asAddress(id.startsWith('run/') ? id : `run/${id}`);
};

/** The address of a definition's run by the id that a user gave it. */
export const addressOf = (definition: Definition, id: string): Address =>
  runAddress(definition.id, id);

function attached(cell: Cell, request: RunRequest): Cell {
  const spec: { input?: unknown } = cell.snapshot.context.spec;
  const same =
    cell.identity.definition === request.definition.id && equalJson(spec.input, request.input);
  if (same) return cell;
  throw troupeError('RUN_CONFLICT', {
    run: runIdOf(cell.address),
    definition: cell.identity.definition,
  });
}

function baseSpec(stage: Stage, request: RunRequest, after: readonly Address[]): RunSpec {
  const { definition, options, parent } = request;
  const { due } = options;
  const timeoutMs =
    options.timeout === undefined ? definition.timeoutMs : durationMs(options.timeout);
  return {
    run: request.address,
    definition: definition.id,
    version: definition.version,
    parent: parent?.address ?? null,
    step: parent?.step ?? null,
    type: definition.kind,
    title: options.title ?? definition.title ?? null,
    description: options.description ?? definition.description ?? null,
    domain:
      'domain' in definition && typeof definition.domain === 'string' ? definition.domain : null,
    createdBy: request.createdBy,
    createdAt: stage.now,
    priority: options.priority ?? priorities.NORMAL,
    requirements: options.requirements ?? [],
    constraints: options.constraints ?? [],
    dueAt: due === undefined ? null : due.valueOf(),
    dependsOn: [...new Set(after)],
    onDependencyFailure: options.onDependencyFailure ?? 'fail',
    retry: options.retry === undefined ? definition.retry : retryPolicy(options.retry),
    timeoutMs: timeoutMs ?? null,
    input: request.input,
  };
}
