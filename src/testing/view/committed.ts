/**
 * Committed: the actors of a journal as cells, each read again only when its record changed. It
 * looks at what is asked for and remembers the rest by number alone, so that asking after every
 * commit costs little.
 */
import type { AnyStateMachine } from 'xstate';
import { machines } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { toldCell } from '../../engine/index.ts';
import type { ActorRecord, JournalReads } from '../../journal/index.ts';
import type { Address } from '../../protocol/index.ts';

/** An actor as of its last record. */
export interface Seen {
  readonly record: ActorRecord;
  readonly cell: Cell;
}

const ofKinds: ReadonlyMap<string, AnyStateMachine> = new Map(Object.entries(machines));

/** Where the journal is found, whichever process writes it. */
export interface Journaled {
  readonly journal: JournalReads;
}

/** The actors of one journal. */
export class Committed {
  readonly #sight: Journaled;
  readonly #seen = new Map<number, Seen>();
  /** Numbers of actors by what they are found by, in order. */
  readonly #numbers = new Map<string, number[]>();
  #looked = 0;

  constructor(sight: Journaled) {
    this.#sight = sight;
  }

  get journal(): JournalReads {
    return this.#sight.journal;
  }

  /** Records of one kind, in the order in which their actors began. */
  ofKind(kind: string): readonly ActorRecord[] {
    return this.#records(`kind ${kind}`);
  }

  /** Records of runs of a definition, by its id, in the order of their beginning. */
  ofDefinition(id: string): readonly ActorRecord[] {
    return this.#records(`definition ${id}`);
  }

  find(address: Address): Cell | undefined {
    const record = this.journal.byAddress(address);
    return record && this.seen(record).cell;
  }

  /** The same object as before unless the record has changed. */
  seen(record: ActorRecord): Seen {
    const known = this.#seen.get(record.actor);
    if (known !== undefined && isSame(known.record, record)) return known;
    const seen = { record, cell: toldCell(record, (kind) => ofKinds.get(kind)) };
    this.#seen.set(record.actor, seen);
    return seen;
  }

  #records(key: string): readonly ActorRecord[] {
    this.#lookOn();
    const numbers = this.#numbers.get(key) ?? [];
    return numbers.flatMap((actor) => this.journal.byNumber(actor) ?? []);
  }

  /** Notes the actors that are new: what an actor is never changes. */
  #lookOn(): void {
    const { actor: last } = this.journal.heads();
    for (; this.#looked < last; this.#looked += 1) {
      const record = this.journal.byNumber(this.#looked + 1);
      if (record === undefined) continue;
      this.#note(`kind ${record.kind}`, record.actor);
      if (isRun(record)) this.#note(`definition ${record.definition}`, record.actor);
    }
  }

  #note(key: string, actor: number): void {
    const known = this.#numbers.get(key);
    if (known === undefined) this.#numbers.set(key, [actor]);
    else known.push(actor);
  }
}

/** Journals give the same object, or one that tells the same. */
const isSame = (known: ActorRecord, record: ActorRecord): boolean =>
  known === record ||
  (known.last === record.last &&
    known.updatedAt === record.updatedAt &&
    known.snapshot === record.snapshot &&
    known.input === record.input);

/** A run of the definition itself: no part of a machine, no function or fan-out of a workflow. */
function isRun({ address, kind, input }: ActorRecord): boolean {
  if (!address.startsWith('run/')) return false;
  const { root, type, fan } = JSON.parse(input);
  return kind === 'machine' ? root === undefined : type !== 'function' && fan === undefined;
}
