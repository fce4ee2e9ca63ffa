/**
 * Hosted: the actors of users' machines, folded from their rows. Nothing of what they ask for is
 * done: what came of it stands in the rows that follow.
 */
import type { AnyStateMachine } from 'xstate';
import { Cell, type Hosted, isRootSpec } from '../../actor/index.ts';
import type { ActorRecord, JournalRow } from '../../journal/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  childAddress,
  type MachineSpec,
} from '../../protocol/index.ts';
import { type HostedDecision, Hosting, readValue, stateOf } from '../hosted/index.ts';
import { Lives } from '../lives/index.ts';
import type { Snapshot } from '../step.ts';

/** An actor as its rows tell it so far. */
interface Replayed {
  readonly cell: Cell;
  /** Before the step that ended it: from there a run may go on. */
  before: Snapshot | undefined;
}

/** The actors of users' machines as their rows tell them. */
export class HostedReplay {
  readonly #actors = new Map<Address, Replayed>();
  readonly #lives: Lives;

  /** @param machineOf the machine of a definition; undefined when it is not there. */
  constructor(machineOf: (definition: string, version: string) => AnyStateMachine | undefined) {
    const hosting = new Hosting({
      find: (address) => this.#actors.get(address)?.cell,
      listen: nothing,
      deliver: nothing,
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      machineOf,
      migrationOf: nothing,
    });
    this.#lives = new Lives(hosting);
  }

  /** What of a state is recorded, by its rows; undefined when they don't tell. */
  state({ address, snapshot }: ActorRecord): unknown {
    const known = this.#actors.get(address);
    if (known === undefined) return undefined;
    const { life } = JSON.parse(snapshot);
    // It waits for its restart: what ended it is taken back.
    const held = life?.pausing === undefined ? undefined : known.before;
    const told = held === undefined ? known.cell.snapshot : Object.assign({}, held, underWay);
    return JSON.parse(JSON.stringify(stateOf(told)));
  }

  /** The rows don't tell what it is from here on. */
  forget(address: Address): void {
    this.#actors.delete(address);
  }

  /** Takes the next row of an actor. @throws what its first step throws. */
  take(row: JournalRow, { address }: Pick<ActorRecord, 'address'>): HostedDecision | undefined {
    const known = this.#actors.get(address);
    if (known === undefined) return undefined;
    const { type } = row;
    if (type === 'troupe.resumed') this.#resumed(known);
    else if (type === 'troupe.stop') this.#ended(known, 'stopped');
    else if (type === 'run.cancel') this.forget(address);
    else if (isFailure(type)) this.#ended(known, 'error');
    else if (!type.startsWith('troupe.')) return this.#step(known, row);
    return undefined;
  }

  /** The first step of a life. @throws what the machine throws. */
  begin(record: ActorRecord): HostedDecision {
    const { address } = record;
    const { hosting } = this.#lives;
    const spec = readValue(hosting, record.input) as MachineSpec;
    const hosted = hosting.hostedOf(address, spec, record.generation);
    hosted.entries = this.#actors.get(address)?.cell.hosted?.entries ?? 0;
    this.forget(address);
    const decision = this.#lives.decide(address, hosted, record, undefined, spec.input);
    const cell = new Cell(record, decision.snapshot);
    cell.hosted = hosted;
    const known: Replayed = { cell, before: undefined };
    this.#actors.set(address, known);
    this.#apply(known, decision);
    return decision;
  }

  #step(known: Replayed, row: JournalRow): HostedDecision | undefined {
    const { cell } = known;
    const { hosted } = cell;
    if (hosted === undefined || cell.isDone) return undefined;
    const event = readValue(this.#lives.hosting, row.body) as ActorEvent;
    const child = endOf(event);
    const ending = child === undefined ? undefined : hosted.children.get(child);
    const decision = this.#tried(known, event, ending?.entry);
    if (decision === undefined) return undefined;
    this.#apply(known, decision);
    const left = child === undefined ? undefined : hosted.children.get(child);
    if (child !== undefined && left !== undefined && left.entry === ending?.entry) {
      hosted.children.set(child, { ...left, ended: { status: 'done' } });
    }
    return decision;
  }

  /** A step that throws ends its actor; had it not ended, there would be no row. */
  #tried(known: Replayed, event: ActorEvent, ending?: number): HostedDecision | undefined {
    const { cell } = known;
    if (cell.hosted === undefined) return undefined;
    try {
      return this.#lives.step(cell, cell.hosted, event, ending);
    } catch {
      this.#ended(known, 'error');
      return undefined;
    }
  }

  #apply(known: Replayed, { snapshot, entries, children, systemIds }: HostedDecision): void {
    const { cell } = known;
    const { hosted } = cell;
    if (hosted === undefined) return;
    known.before = snapshot.status === 'active' ? undefined : cell.snapshot;
    const isRoot = isRootSpec(hosted.spec);
    cell.snapshot = snapshot;
    // A run that goes on after its end has the children that it had.
    if (snapshot.status !== 'active' && isRoot) return;
    hosted.entries = entries;
    children.apply(hosted.children);
    const root = this.#rootOf(hosted);
    if (systemIds !== undefined && root !== undefined) root.systemIds = systemIds;
    if (snapshot.status !== 'active') this.#unname(cell, hosted);
  }

  /** From its last good state: that before the step that ended it. */
  #resumed(known: Replayed): void {
    const { cell } = known;
    const { hosted } = cell;
    if (hosted === undefined) return;
    cell.snapshot = known.before ?? cell.snapshot;
    known.before = undefined;
    const names = [...hosted.children.values()].flatMap(({ id, entry, systemId, ended }) => {
      if (systemId === undefined || ended !== undefined) return [];
      const ref = this.#lives.hosting.refOf(childAddress(cell.address, id), id, entry);
      return [[systemId, ref] as const];
    });
    hosted.systemIds = new Map(names);
  }

  #ended(known: Replayed, status: 'stopped' | 'error'): void {
    const { cell } = known;
    known.before = cell.snapshot;
    cell.snapshot = Object.assign({}, cell.snapshot, { status, children: {} });
    if (cell.hosted !== undefined) this.#unname(cell, cell.hosted);
  }

  /** An actor that ended gives its name in the tree back, and those of all below it. */
  #unname({ address }: Cell, hosted: Hosted): void {
    const root = this.#rootOf(hosted);
    if (root === undefined || root === hosted || root.systemIds.size === 0) return;
    const kept = [...root.systemIds].filter(([, ref]) => {
      if (ref.address === address) return ref.generation !== hosted.self.generation;
      return !ref.address.startsWith(`${address}/`);
    });
    root.systemIds = new Map(kept);
  }

  #rootOf(hosted: Hosted): Hosted | undefined {
    const { spec } = hosted;
    return isRootSpec(spec) ? hosted : this.#actors.get(asAddress(spec.root))?.cell.hosted;
  }
}

const nothing = (): undefined => undefined;

const isFailure = (type: string): boolean => type === 'troupe.failed' || type === 'troupe.poison';

const underWay = { status: 'active', output: undefined, error: undefined };

/** The child whose end an event tells. */
function endOf({ type, actorId }: ActorEvent): string | undefined {
  const isEnd = type.startsWith('xstate.done.actor.') || type.startsWith('xstate.error.actor.');
  return isEnd && typeof actorId === 'string' ? actorId : undefined;
}
