/**
 * Supervised runs: how a supervisor starts, stops and kills runs of definitions.
 *
 * A machine is started anew under its own address. A run of a bot, a task or a workflow never
 * changes once it has ended: the one that takes its place is a new run, under the same address with
 * a number behind it.
 */
import { z } from 'zod';
import type { Cell } from '../actor/index.ts';
import type { Stage } from '../engine/index.ts';
import {
  type Address,
  type ChildSpec,
  isMachineDefinition,
  type Json,
  renewedAddress,
  runIdOf,
  SupervisionSpec,
  supervisedAddress,
  troupeError,
} from '../protocol/index.ts';
import { type Catalogue, checkChildOptions, runCreation } from '../runs/index.ts';
import type { Starting, Workers } from './children.ts';

/** What is kept of a run that is to be started. */
const RunStart = z.strictObject({
  definition: z.string(),
  version: z.string(),
  input: z.custom<Json>().optional(),
  options: z.looseObject({}),
});

/** Workers that are runs. */
export function supervisedRuns(catalogue: Catalogue): Workers {
  return {
    addressOf: (supervisor, spec, id) =>
      supervisedAddress(supervisor, id, RunStart.parse(spec.start).definition),
    start: (stage, starting) => startRun(stage, starting, catalogue),
    stop: (stage, cell) => stage.stop(cell, 'shutdown'),
    kill: (stage, cell) => stage.stop(cell, 'killed'),
  };
}

/** What finds definitions. */
type Definitions = Pick<Catalogue, 'exact' | 'latest'>;

/**
 * What a child runs as things are now: the definition of its spec, or the version of a machine that
 * has taken its place, by a migration from it.
 */
export function definitionOfChild(spec: ChildSpec, definitions: Definitions) {
  const { definition: id, version, input } = RunStart.parse(spec.start);
  return { id, input, definition: definitionNow(id, version, definitions) };
}

/** A spec with the versions that its children run as things are now. */
export function specNow(spec: SupervisionSpec, definitions: Definitions): SupervisionSpec {
  const { children, template } = spec;
  const now = (child: ChildSpec): ChildSpec => ({ ...child, start: startNow(child, definitions) });
  return { ...spec, children: children.map(now), template: template && now(template) };
}

function startNow({ type, start }: ChildSpec, definitions: Definitions): unknown {
  if (type === 'supervisor') return specNow(SupervisionSpec.parse(start), definitions);
  const its = RunStart.parse(start);
  const { version = its.version } = definitionNow(its.definition, its.version, definitions) ?? {};
  return { ...its, version };
}

function definitionNow(id: string, version: string, { exact, latest }: Definitions) {
  const found = exact(id, version);
  if (found !== undefined) return found;
  const newest = latest(id);
  const isNext = newest !== undefined && isMachineDefinition(newest);
  return isNext && Object.hasOwn(newest.migrations, version) ? newest : undefined;
}

function startRun(stage: Stage, starting: Starting, catalogue: Catalogue): Cell {
  const { supervisor, child, spec, from } = starting;
  const { id, definition, input } = definitionOfChild(spec, catalogue);
  const first = supervisedAddress(supervisor.address, child.id, id);
  const known = stage.find(first);
  checkOwn(known, supervisor.address);
  if (known?.hosted !== undefined && child.starts > 1 && isThere(known, catalogue)) {
    return stage.restart({ ...known.identity, parent: '', spec: known.spec }, from);
  }
  if (definition === undefined) {
    throw troupeError('NOT_REGISTERED', { definition: id, known: catalogue.ids() });
  }
  const recipe = catalogue.recipe(definition);
  const { options } = RunStart.parse(spec.start);
  const isMachine = recipe.kind === 'machine';
  const request = {
    definition,
    recipe,
    address: isMachine ? first : freeAddress(stage, first, child.starts),
    parent: null,
    createdBy: supervisor.address,
    input: child.input === undefined ? input : z.custom<Json>().parse(child.input),
    options: {
      ...checkChildOptions(options, definition),
      ...(isMachine ? { supervision: unsupervised } : {}),
    },
  };
  // Under the id of a child that was there before it is another one: it begins from its own input.
  return stage.restart(runCreation(stage, request));
}

/** Whether the version that a machine's run is of can be run, and is what it was. */
function isThere({ identity }: Cell, catalogue: Catalogue): boolean {
  const { definition: id, version, structure } = identity;
  const definition = catalogue.exact(id, version);
  return definition !== undefined && catalogue.recipe(definition).structure === structure;
}

/** Its failures are the supervisor's affair alone. */
const unsupervised = {
  restart: 'temporary',
  intensity: { max: Number.MAX_SAFE_INTEGER, within: '1s' },
} as const;

/** A run that others started is theirs. */
function checkOwn(known: Cell | undefined, supervisor: Address): void {
  if (known === undefined || known.spec.createdBy === supervisor) return;
  throw troupeError('RUN_TAKEN', { run: runIdOf(known.address) });
}

/** The address of the next run of a child: no run has it yet. */
function freeAddress(stage: Stage, first: Address, start: number): Address {
  if (stage.find(first) === undefined) return first;
  let number = Math.max(2, start);
  while (stage.find(renewedAddress(first, number)) !== undefined) number += 1;
  return renewedAddress(first, number);
}
