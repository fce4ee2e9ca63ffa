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
  type Json,
  renewedAddress,
  runAddress,
  runIdOf,
  troupeError,
} from '../protocol/index.ts';
import { type Catalogue, checkChildOptions, stageRun } from '../runs/index.ts';
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
    addressOf: (spec, id) => runAddress(RunStart.parse(spec.start).definition, id),
    start: (stage, starting) => startRun(stage, starting, catalogue),
    stop: (stage, cell) => stage.stop(cell, 'shutdown'),
    kill: (stage, cell) => stage.stop(cell, 'killed'),
  };
}

/** The definition and version that a child runs. */
export const definitionOfChild = (spec: ChildSpec) => RunStart.parse(spec.start);

function startRun(stage: Stage, starting: Starting, catalogue: Catalogue): Cell {
  const { supervisor, child, spec, from } = starting;
  const start = RunStart.parse(spec.start);
  const definition = catalogue.exact(start.definition, start.version);
  if (definition === undefined) {
    throw troupeError('NOT_REGISTERED', { definition: start.definition, known: catalogue.ids() });
  }
  const first = runAddress(definition.id, child.id);
  const known = stage.find(first);
  checkOwn(known, supervisor.address);
  const recipe = catalogue.recipe(definition);
  if (recipe.kind === 'machine' && known !== undefined) {
    return stage.restart({ ...known.identity, parent: '', spec: known.spec }, from);
  }
  const options = checkChildOptions(start.options, definition);
  const input = child.input === undefined ? start.input : z.custom<Json>().parse(child.input);
  const address = freeAddress(stage, first, child.starts);
  const own = recipe.kind === 'machine' ? { supervision: unsupervised } : {};
  return stageRun(stage, {
    definition,
    recipe,
    address,
    parent: null,
    createdBy: supervisor.address,
    input,
    options: { ...options, ...own },
  }).cell;
}

/** Its failures are the supervisor's affair alone. */
const unsupervised = {
  restart: 'temporary',
  intensity: { max: Number.MAX_SAFE_INTEGER, within: '1s' },
} as const;

/** A run that others started is theirs. */
function checkOwn(known: Cell | undefined, supervisor: Address): void {
  if (known === undefined || known.spec.createdBy === supervisor) return;
  const { address, identity } = known;
  throw troupeError('RUN_CONFLICT', { run: runIdOf(address), definition: identity.definition });
}

/** The address of the next run of a child: no run has it yet. */
function freeAddress(stage: Stage, first: Address, start: number): Address {
  if (stage.find(first) === undefined) return first;
  let number = Math.max(2, start);
  while (stage.find(renewedAddress(first, number)) !== undefined) number += 1;
  return renewedAddress(first, number);
}
