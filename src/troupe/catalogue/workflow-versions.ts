/**
 * Versions of workflows: whether a run whose version is gone goes on as one of a newer, and how.
 *
 * The function steps and the fan-outs of a run belong to its workflow: they go on with it, or are
 * cancelled by it. To look changes nothing; to go on is one commit, with a row in the history.
 */
import { machines, openStepRuns, type WorkflowContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import type { Definitions } from '../../bots/index.ts';
import { ahead, isDone, type Stage } from '../../engine/index.ts';
import type { ActorRecord, JournalReads } from '../../journal/index.ts';
import {
  type Address,
  asAddress,
  childAddress,
  isWorkflow,
  limits,
  type Settlement,
  segmentsOf,
  type Workflow,
} from '../../protocol/index.ts';
import { goOn } from '../../runs/index.ts';
import { type Migration, migrationOf, type OldRun, planOf } from '../../workflows/index.ts';
import { structureFor } from './fitness.ts';

/** What of a journal is read to look at a run. */
export type RunReads = Pick<JournalReads, 'byAddress' | 'step' | 'mailOf'>;

/** What it asks about definitions. */
export type VersionPorts = Pick<Definitions, 'exact' | 'latest' | 'versions'>;

/** What is of a version of a workflow. */
type OfVersion = Pick<ActorRecord, 'definition' | 'version'>;

/** The versions of the workflows of a team. */
export class WorkflowVersions {
  readonly #ports: VersionPorts;
  readonly #reads: RunReads | undefined;

  constructor(ports: VersionPorts, reads: RunReads | undefined) {
    this.#ports = ports;
    this.#reads = reads;
  }

  /** The newest version that takes over from one that is gone; undefined: none does. */
  newer({ definition, version }: OfVersion): Workflow | undefined {
    const { exact, latest, versions } = this.#ports;
    if (exact(definition, version) !== undefined) return undefined;
    const known = versions(definition).toReversed();
    const all = [latest(definition), ...known.map((one) => exact(definition, one))];
    return all
      .filter((one) => one !== undefined)
      .filter(isWorkflow)
      .find(({ migrations = {} }) => Object.hasOwn(migrations, version));
  }

  /** The record of the run that a part of a workflow is a part of, when that is live. */
  wholeOf({ parent, definition, version }: ActorRecord): ActorRecord | undefined {
    const above = parent === '' ? undefined : this.#reads?.byAddress(parent);
    const isWhole = above?.definition === definition && above.version === version;
    return isWhole && !above.done ? above : undefined;
  }

  /** Whether a run above it goes on as another version, and cancels it with that. */
  isDropped({ address, parent }: Pick<ActorRecord, 'address' | 'parent'>): boolean {
    const above = parent === '' ? undefined : this.#reads?.byAddress(parent);
    if (above === undefined || above.done) return false;
    const newer = above.kind === 'workflow' ? this.newer(above) : undefined;
    const isPlan = newer !== undefined && JSON.parse(above.input).fan === undefined;
    const found = isPlan ? this.look(above, newer) : undefined;
    const name = segmentsOf(address).at(-1) ?? '';
    if (typeof found === 'object' && found.dropped.includes(name)) return true;
    return this.isDropped(above);
  }

  /** What a run becomes, a text that says why it can't, or nothing when it ends before. */
  look(record: ActorRecord, workflow: Workflow): Migration | string | undefined {
    const reads = this.#reads;
    if (!isOfOurMachine(record.structure)) return 'the machine of workflows is another one now';
    const waiting = reads?.mailOf(record.actor) ?? [];
    const { snapshot, recorded } = ahead(machines.workflow, record, waiting);
    if (isDone(snapshot)) return undefined;
    const old: OldRun = {
      context: snapshot.context,
      endOf: (step) => endIn(recorded.get(step) ?? reads?.step(record.actor, step)?.body),
      runOf: (...names) => {
        const found = reads?.byAddress(below(record.address, names));
        return found && { ...found, cost: JSON.parse(found.snapshot).context?.cost };
      },
    };
    return this.#migration(old, workflow);
  }

  /** Lets an actor go on; a run whose version is gone does as one of a newer. */
  goOn(stage: Stage, cell: Cell): void {
    // What its workflow has cancelled meanwhile goes nowhere.
    if (cell.isDone) return;
    goOn(stage, cell);
    const workflow = isRoot(cell) ? this.newer(cell.identity) : undefined;
    if (workflow !== undefined) this.#move(stage, cell, workflow);
  }

  /** Whether a run goes on as one of another version. */
  migrates(record: ActorRecord): boolean {
    if (record.kind !== 'workflow' || this.newer(record) === undefined) return false;
    return JSON.parse(record.input).fan === undefined;
  }

  #migration(old: OldRun, workflow: Workflow): Migration | string {
    const { version } = old.context.spec;
    const migrate = workflow.migrations?.[version];
    if (migrate === undefined) return 'it has no migration';
    const plan = planOf(workflow, { workOf: this.#ports.latest });
    return migrationOf(old, { workflow, plan, migrate, limits });
  }

  #move(stage: Stage, cell: Cell, workflow: Workflow): void {
    stage.awake(cell);
    if (cell.isDone) return;
    const { address } = cell;
    const context: WorkflowContext = cell.snapshot.context;
    const old: OldRun = {
      context,
      endOf: (step) => endIn(stage.recorded(cell, step)),
      runOf: (...names) => {
        const found = stage.find(below(address, names));
        return found && { ...found.identity, cost: found.snapshot.context?.cost };
      },
    };
    const found = this.#migration(old, workflow);
    if (typeof found === 'string') {
      park(stage, cell, `${nameOf(cell.identity, workflow)} fails: ${found}`);
      return;
    }
    const reason = `${workflow.id} goes on as version ${workflow.version}`;
    for (const name of found.dropped) {
      const run = stage.find(childAddress(address, name));
      if (run?.isDone === false) {
        stage.send(run.address, { type: 'run.cancel', reason, orphan: true });
      }
    }
    const to = { version: workflow.version, structure: structureFor(workflow) };
    for (const name of found.kept) {
      movePart(stage, childAddress(address, name), cell.identity, to);
    }
    for (const [index, [name, end]] of [...found.ends].entries()) {
      stage.record(cell, name, { ...end, order: (context.ended ?? 0) + index });
    }
    stage.moveOn(cell, to, found.event);
  }
}

/** A function step, or a fan-out with its items, is of the version of its workflow. */
function movePart(stage: Stage, address: Address, from: OfVersion, to: Version): void {
  const cell = stage.find(address);
  if (cell === undefined || cell.isDone || !isOf(cell.identity, from)) return;
  if (cell.identity.kind !== 'workflow') {
    stage.moveOn(cell, to);
    return;
  }
  const context: WorkflowContext = cell.snapshot.context;
  const { spec, steps, runs, undoable, judging, quality, cost } = context;
  for (const name of openStepRuns(context)) {
    movePart(stage, childAddress(address, name), from, to);
  }
  stage.moveOn(cell, to, {
    type: 'workflow.migrated',
    from: from.version,
    spec: { ...spec, version: to.version },
    progress: steps.progress,
    ...{ runs, undoable, judging, quality, cost },
  });
}

/** What an actor becomes one of. */
interface Version {
  readonly version: string;
  readonly structure: string;
}

const isOf = (one: OfVersion, other: OfVersion): boolean =>
  one.definition === other.definition && one.version === other.version;

/** Its migration, in words. */
export const nameOf = ({ version }: OfVersion, workflow: Workflow): string =>
  `its migration from version ${version} to ${workflow.version}`;

/** Somebody has to look at it. */
function park(stage: Stage, cell: Cell, reason: string): void {
  cell.parked = reason;
  stage.touch(cell);
  stage.incident({ about: cell.address, code: 'PARKED', message: reason });
}

/** The run of a plan, not of a fan-out. */
const isRoot = ({ identity, snapshot }: Cell): boolean =>
  identity.kind === 'workflow' && snapshot.context.spec.fan === undefined;

const below = (address: Address, names: readonly string[]): Address =>
  asAddress(names.reduce<Address>((above, name) => childAddress(above, name), address));

const endIn = (body: string | undefined): Settlement | undefined =>
  body === undefined ? undefined : JSON.parse(body);

/** Whether a snapshot is one of the machine that there is. */
const isOfOurMachine = (structure: string): boolean =>
  structure.endsWith(`-${machines.workflow.id}${machines.workflow.version}`);
