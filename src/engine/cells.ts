/**
 * Cells: the living actors of a host, by address and by number.
 *
 * What is not in memory is loaded from the journal when it is asked for. An ended actor is not
 * kept: it is loaded for whoever asks, and forgotten.
 */
import type { AnyStateMachine } from 'xstate';
import { Cell } from '../actor/index.ts';
import type { ActorRecord, Journal } from '../journal/index.ts';
import { type Address, troupeError } from '../protocol/index.ts';
import type { Behaviour } from './engine.ts';
import { revive } from './step.ts';

/** The living actors of a host. */
export class Cells {
  readonly #byAddress = new Map<Address, Cell>();
  readonly #byNumber = new Map<number, Cell>();
  readonly #journal: Journal;
  readonly #behaviours: Readonly<Record<string, Behaviour>>;

  constructor(journal: Journal, behaviours: Readonly<Record<string, Behaviour>>) {
    this.#journal = journal;
    this.#behaviours = behaviours;
  }

  /** How actors of a kind run. */
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

  /** Brings an actor to memory. */
  load(record: ActorRecord): Cell {
    const spec: unknown = JSON.parse(record.input);
    const cell = new Cell(record, revive(this.machineOf(record.kind), record.snapshot, spec));
    if (!record.done) this.add(cell);
    return cell;
  }

  add(cell: Cell): void {
    this.#byAddress.set(cell.address, cell);
    this.#byNumber.set(cell.actor, cell);
  }

  forget(cell: Cell): void {
    this.#byAddress.delete(cell.address);
    this.#byNumber.delete(cell.actor);
  }

  /** All actors in memory. */
  all(): Iterable<Cell> {
    return this.#byAddress.values();
  }
}
