/**
 * Roll: the actors as of the last commit that was told, for it is what was committed that counts,
 * not what a broken runtime or disk says later. All oracles of one run share what is on it.
 */
import type { ActorRecord, Batch } from '../../journal/index.ts';
import type { Sight } from '../simulation/sight.ts';
import { type SpecTold, sameAsBefore, specOf } from './told.ts';

/** An actor, and how it was before the commit. */
export interface Entry {
  readonly record: ActorRecord;
  /** As of the commit before; undefined when it is new. */
  readonly before: ActorRecord | undefined;
  /** Of its first record in this life and version: the spec is written once. */
  readonly first: ActorRecord;
}

/** What the rolls of one run share. */
class Book {
  readonly byNumber = new Map<number, Entry>();
  readonly byAddress = new Map<string, Entry>();
  #last: Batch | undefined;
  #touched: Entry[] = [];

  /** Takes a batch in, once. */
  note(batch: Batch): Entry[] {
    if (batch !== this.#last) this.#touched = batch.actors.map((record) => this.#enter(record));
    this.#last = batch;
    return this.#touched;
  }

  #enter(record: ActorRecord): Entry {
    const known = this.byNumber.get(record.actor);
    if (known !== undefined) sameAsBefore(known.record, record);
    const isNew = known === undefined || known.record.generation !== record.generation;
    // As a run of another version it has another spec.
    const isOther = isNew || known.record.version !== record.version;
    const first = isOther || !record.address.startsWith('run/') ? record : known.first;
    const entry = { record, before: known?.record, first };
    this.byNumber.set(record.actor, entry);
    this.byAddress.set(record.address, entry);
    return entry;
  }
}

const books = new WeakMap<Sight, Book>();

/** All actors. */
export class Roll {
  #book = new Book();

  /** Takes a batch in; gives the actors that it touched. */
  note(batch: Batch, sight: Sight): Entry[] {
    const known = books.get(sight);
    this.#book = known ?? this.#book;
    if (known === undefined) books.set(sight, this.#book);
    return this.#book.note(batch);
  }

  /** All, in the order of their births. */
  all(): Iterable<Entry> {
    return this.#book.byNumber.values();
  }

  byNumber(actor: number): ActorRecord | undefined {
    return this.#book.byNumber.get(actor)?.record;
  }

  byAddress(address: string): ActorRecord | undefined {
    return this.#book.byAddress.get(address)?.record;
  }

  /** With its record before, and its first. */
  entry(address: string): Entry | undefined {
    return this.#book.byAddress.get(address);
  }

  /** The address of an actor by its number. */
  address(actor: number): string {
    return this.byNumber(actor)?.address ?? `actor ${actor}`;
  }

  /** What an actor was made of. */
  spec(address: string): SpecTold {
    const entry = this.#book.byAddress.get(address);
    return entry === undefined ? {} : specOf(entry.first);
  }
}
