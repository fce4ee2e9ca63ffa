/**
 * Roll: the actors as of the last commit that an oracle saw. An oracle keeps one of its own, for it
 * is what was committed that counts, not what a broken runtime or disk says later.
 */
import type { ActorRecord, Batch } from '../../journal/index.ts';
import { type SpecTold, specOf } from './told.ts';

/** An actor, and how it was before the commit. */
export interface Entry {
  readonly record: ActorRecord;
  /** As of the commit before; undefined when it is new. */
  readonly before: ActorRecord | undefined;
  /** Of its first record in this life: the spec is written once. */
  readonly first: ActorRecord;
}

/** All actors. */
export class Roll {
  readonly #byNumber = new Map<number, Entry>();
  readonly #byAddress = new Map<string, Entry>();

  /** Takes a batch in; gives the actors that it touched. */
  note(batch: Batch): Entry[] {
    return batch.actors.map((record) => {
      const known = this.#byNumber.get(record.actor);
      const isNew = known === undefined || known.record.generation !== record.generation;
      const first = isNew || !record.address.startsWith('run/') ? record : known.first;
      const entry = { record, before: known?.record, first };
      this.#byNumber.set(record.actor, entry);
      this.#byAddress.set(record.address, entry);
      return entry;
    });
  }

  /** All, in the order of their births. */
  all(): Iterable<Entry> {
    return this.#byNumber.values();
  }

  byNumber(actor: number): ActorRecord | undefined {
    return this.#byNumber.get(actor)?.record;
  }

  byAddress(address: string): ActorRecord | undefined {
    return this.#byAddress.get(address)?.record;
  }

  /** The address of an actor by its number. */
  address(actor: number): string {
    return this.#byNumber.get(actor)?.record.address ?? `actor ${actor}`;
  }

  /** What an actor was made of. */
  spec(address: string): SpecTold {
    const entry = this.#byAddress.get(address);
    return entry === undefined ? {} : specOf(entry.first);
  }
}
