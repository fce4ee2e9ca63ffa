/**
 * Cells: the living actors of a host, by address and by number.
 *
 * What is not in memory is loaded from the journal when it is asked for, with its mail and its
 * timers. An ended actor is not kept: it is loaded for whoever asks, and forgotten.
 */
import type { AnyStateMachine } from 'xstate';
import { Cell, changed } from '../../actor/index.ts';
import type { ActorRecord, Journal, StepRecord } from '../../journal/index.ts';
import { type ActorEvent, type Address, troupeError } from '../../protocol/index.ts';
import type { Behaviour } from '../engine.ts';
import { type Hosting, type Recorded, readValue, reviveHosted } from '../hosted/index.ts';
import { revive } from '../step.ts';
import { migratedBy } from '../versions/index.ts';
import type { HostedParts } from './hosted-parts.ts';

/** Performs effects after their commit, and again after a crash. */
export type Performer = Pick<Required<Behaviour>, 'stage' | 'perform' | 'resume' | 'holds'>;

/** Hears of every living actor that came from the journal. */
type Loaded = (cell: Cell, record: ActorRecord) => void;

/** The living actors of a host. */
export class Cells {
  readonly #byAddress = new Map<Address, Cell>();
  readonly #byNumber = new Map<number, Cell>();
  readonly #journal: Journal;
  readonly #behaviours: Readonly<Record<string, Behaviour>>;
  readonly #promises: Partial<Performer>;
  readonly #hosting: Hosting;
  readonly #loaded: Loaded;

  constructor(
    journal: Journal,
    behaviours: Readonly<Record<string, Behaviour>>,
    { hosting, promises }: Pick<HostedParts, 'hosting' | 'promises'>,
    loaded: Loaded,
  ) {
    this.#loaded = loaded;
    this.#journal = journal;
    this.#behaviours = behaviours;
    this.#promises = promises;
    this.#hosting = hosting;
  }

  /** Who performs the effects of a kind of actors. */
  performerOf(kind: string): Partial<Performer> {
    return kind === 'machine' ? this.#promises : this.behaviourOf(kind);
  }

  /** Performs again what was under way in an actor. */
  resume(cell: Cell): void {
    this.performerOf(cell.identity.kind).resume?.(cell);
  }

  /** How actors of a kind of ours run. */
  behaviourOf(kind: string): Behaviour {
    const behaviour = this.#behaviours[kind];
    if (behaviour === undefined) {
      throw troupeError('BROKEN_INVARIANT', { invariant: 'every kind has a machine', found: kind });
    }
    return behaviour;
  }

  machineOf(kind: string): AnyStateMachine {
    return this.behaviourOf(kind).machine;
  }

  find(address: Address): Cell | undefined {
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const record = this.#journal.byAddress(address);
    return record === undefined ? undefined : this.load(record);
  }

  findNumber(actor: number): Cell | undefined {
    const known = this.#byNumber.get(actor);
    if (known !== undefined) return known;
    const record = this.#journal.byNumber(actor);
    return record === undefined ? undefined : this.load(record);
  }

  /** Whether an actor of this address is in memory. */
  isAwake(address: Address): boolean {
    return this.#byAddress.has(address);
  }

  /** What the journal has under a step of an actor. */
  recorded(actor: number, step: string): StepRecord | undefined {
    return this.#journal.step(actor, step);
  }

  /** Brings an actor to memory. */
  load(record: ActorRecord): Cell {
    const cell = record.kind === 'machine' ? this.#loadHosted(record) : this.#loadOwn(record);
    if (record.done) return cell;
    this.add(cell);
    this.#loaded(cell, record);
    return cell;
  }

  #loadOwn(record: ActorRecord): Cell {
    const spec: unknown = JSON.parse(record.input);
    return new Cell(record, revive(this.machineOf(record.kind), record.snapshot, spec));
  }

  /** Whether a live actor goes on as one of a newer version. */
  migrates(record: ActorRecord): boolean {
    if (record.kind !== 'machine')
      return this.#behaviours[record.kind]?.migrates?.(record) === true;
    return this.#hosting.migrating(record) !== undefined;
  }

  #loadHosted(given: ActorRecord): Cell {
    const record = given.parked === '' && !given.done ? this.#migrated(given) : given;
    const hosted = this.#hosting.hostedFrom(record);
    const cell = new Cell(record, reviveHosted(record, hosted, this.#hosting));
    hosted.isMigrated = record !== given;
    cell.hosted = hosted;
    return cell;
  }

  /** What a JSON text tells, with the references in it. */
  eventOf(text: string): ActorEvent {
    return readValue(this.#hosting, text) as ActorEvent;
  }

  /**
   * Gives an actor that was parked without its machine the snapshot that it kept, as the newest
   * version takes it over. @throws as `reviveHosted`; what the user's migration throws.
   */
  awake(cell: Cell): void {
    const { hosted, identity } = cell;
    if (hosted?.dormant === undefined) return;
    const kept = {
      ...changed(identity, {}),
      snapshot: hosted.dormant,
      parked: '',
      done: false,
    };
    const record = this.#migrated(kept);
    cell.snapshot = reviveHosted(record, hosted, this.#hosting);
    const { version, structure } = record;
    cell.identity = changed(identity, { version, structure });
    hosted.isMigrated = record !== kept;
  }

  /** A record as the newest version takes it over; the same one when its own is there. */
  #migrated<R extends Recorded>(record: R): R {
    const migrating = this.#hosting.migrating(record);
    return migrating === undefined ? record : migratedBy(migrating, record);
  }

  add(cell: Cell): void {
    this.#byAddress.set(cell.address, cell);
    this.#byNumber.set(cell.actor, cell);
  }

  forget(cell: Cell): void {
    this.#byAddress.delete(cell.address);
    this.#byNumber.delete(cell.actor);
  }

  /** Lets go of an actor that lives on in the journal: it is loaded again when it is asked for. */
  passivate(cell: Cell): void {
    cell.isPassive = true;
    this.forget(cell);
  }

  /** Puts an actor behind all others. */
  pass(cell: Cell): void {
    this.#byAddress.delete(cell.address);
    this.#byAddress.set(cell.address, cell);
  }

  /** Whether the actor of this number is in memory. */
  has(actor: number): boolean {
    return this.#byNumber.has(actor);
  }

  /** How many actors are in memory. */
  get size(): number {
    return this.#byNumber.size;
  }

  /** Messages that wait in memory. */
  get pending(): number {
    let pending = 0;
    for (const { mailbox } of this.all()) pending += mailbox.size - mailbox.firings;
    return pending;
  }

  /** All actors in memory. */
  all(): Iterable<Cell> {
    return this.#byAddress.values();
  }
}
