/**
 * Trimming of a file: what trimming sees of its tables, and a piece of it in one transaction.
 *
 * Rows that go leave room in the file for those to come: it stops growing, and never shrinks. The
 * anchor, and the highest numbers ever given, are written by the transaction that cuts.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Keep, Trimmed } from '../../journal.ts';
import {
  type EndedRoot,
  type Member,
  type Numbered,
  placesBelow,
  stepOfLetter,
  Trimmer,
  type TrimStore,
} from '../../trim/index.ts';
import { numberIn, type SqlRow, textIn } from '../connection.ts';
import type { FileReads } from '../reads.ts';
import { noteSelf } from '../schema.ts';

/** What a piece of trimming came to. */
export interface TrimmedPiece {
  readonly trimmed: Trimmed;
  /** Whether there is anything to commit. */
  readonly hasChanged: boolean;
}

/** Makes the function that cuts a piece in the open transaction. */
export function fileTrimming(db: DatabaseSync, reads: FileReads): (keep: Keep) => TrimmedPiece {
  const tables = new Tables(db, reads);
  const trimmer = new Trimmer(tables);
  return (keep) => {
    const before = reads.heads();
    tables.changes = 0;
    tables.dropped = 0;
    const trimmed = trimmer.trim(keep);
    const hasChanged = tables.changes > 0;
    if (!hasChanged) return { trimmed, hasChanged };
    const after = reads.heads();
    // A number is never given twice.
    if (after.actor < before.actor) tables.note('actor_head', String(before.actor));
    if (after.letter < before.letter) tables.note('letter_head', String(before.letter));
    tables.noteDropped();
    noteSelf(db);
    return { trimmed, hasChanged };
  };
}

/** The tables of a file, as trimming sees them. */
class Tables implements TrimStore {
  changes = 0;
  /** The highest number of an actor that this piece dropped. */
  dropped = 0;
  readonly #reads: FileReads;
  readonly #statement: (sql: string) => StatementSync;

  constructor(db: DatabaseSync, reads: FileReads) {
    const prepared = new Map<string, StatementSync>();
    this.#reads = reads;
    this.#statement = (sql) => {
      const found = prepared.get(sql) ?? db.prepare(sql);
      prepared.set(sql, found);
      return found;
    };
  }

  note(key: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)', key, value);
  }

  /** The rows of who was dropped may stay in the history: a verification misses no record then. */
  noteDropped(): void {
    const known = this.#one("SELECT value FROM meta WHERE key = 'actor_dropped'")?.value;
    if (this.dropped > Number(known ?? 0)) this.note('actor_dropped', String(this.dropped));
  }

  heads(): ReturnType<TrimStore['heads']> {
    return this.#reads.heads();
  }

  oldestRows(limit: number): Numbered[] {
    return this.#all(oldestRows, limit).map(toNumbered);
  }

  cutRows(to: number): void {
    const hash = textIn(this.#one('SELECT hash FROM history WHERE seq = ?', to), 'hash');
    this.#run('DELETE FROM history WHERE seq <= ?', to);
    this.note('anchor_seq', String(to));
    this.note('anchor_hash', hash);
  }

  oldestLetters(to: number, limit: number): Numbered[] {
    return this.#all(oldestLetters, to, limit).map(toNumbered);
  }

  cutLetters(to: number): void {
    const system = this.#one("SELECT actor FROM actor_records WHERE address = 'system'");
    for (const row of this.#all('SELECT letter FROM letter_records WHERE letter <= ?', to)) {
      const step = stepOfLetter(numberIn(row, 'letter'));
      if (system !== undefined) this.dropStep(numberIn(system, 'actor'), step);
    }
    this.#run('DELETE FROM letter_records WHERE letter <= ?', to);
  }

  endedBelow(last: number, limit: number): { readonly count: number; readonly lowest: number } {
    const found = this.#one(endedBelow, last, limit);
    return { count: numberIn(found, 'count'), lowest: numberIn(found, 'lowest') };
  }

  endedAfter(last: number, limit: number): EndedRoot[] {
    return this.#all(endedAfter, last, limit).map((row) => ({
      address: textIn(row, 'address'),
      last: numberIn(row, 'last'),
      at: numberIn(row, 'at'),
    }));
  }

  isHeld(root: EndedRoot, isHeld: (run: NonNullable<Found>) => boolean): boolean {
    const record = this.#reads.byAddress(root.address);
    return record !== undefined && isHeld(record);
  }

  member(address: string): Member | undefined {
    const found = this.#one(`${members} WHERE address = ?`, address);
    return found && toMember(found);
  }

  below(root: string, after: string, limit: number): Member[] {
    const found: Member[] = [];
    for (const [from, to] of placesBelow(root)) {
      if (after >= to || found.length >= limit) continue;
      const start = after > from ? after : from;
      const rows = this.#all(membersBelow, start, to, limit - found.length);
      found.push(...rows.map(toMember));
    }
    return found;
  }

  stepsOf(actor: number, limit: number) {
    return this.#all(stepsOf, actor, limit).map((row) => ({
      step: textIn(row, 'step'),
      chars: numberIn(row, 'chars'),
    }));
  }

  dropStep(actor: number, step: string): void {
    this.#run('DELETE FROM step_records WHERE actor = ? AND step = ?', actor, step);
  }

  dropActor(actor: number): void {
    this.dropped = Math.max(this.dropped, actor);
    this.#run('DELETE FROM actor_records WHERE actor = ?', actor);
    this.#run('DELETE FROM actor_inputs WHERE actor = ?', actor);
  }

  #one(sql: string, ...given: readonly (string | number)[]): SqlRow | undefined {
    return this.#statement(sql).get(...given);
  }

  #all(sql: string, ...given: readonly (string | number)[]): SqlRow[] {
    return this.#statement(sql).all(...given);
  }

  #run(sql: string, ...given: readonly (string | number)[]): void {
    this.#statement(sql).run(...given);
    this.changes += 1;
  }
}

type Found = ReturnType<FileReads['byAddress']>;

/** The length of a text that lies on pages of its own is read without them. */
const oldestRows = `SELECT seq AS number, at, octet_length(body) AS chars
FROM history ORDER BY seq LIMIT ?`;

const oldestLetters = `SELECT letter AS number, at, octet_length(body) AS chars
FROM letter_records WHERE letter <= ? ORDER BY letter LIMIT ?`;

const isEnded = "done = 1 AND parent = '' AND kind <> 'handoff'";

const endedBelow = `SELECT count(*) AS count, coalesce(min(last), 0) AS lowest FROM (
  SELECT last FROM actor_records INDEXED BY ended_roots
  WHERE ${isEnded} AND last < ? ORDER BY last DESC LIMIT ?
)`;

const endedAfter = `SELECT address, last, updated_at AS at
FROM actor_records INDEXED BY ended_roots WHERE ${isEnded} AND last > ? ORDER BY last LIMIT ?`;

const members = `SELECT a.actor, address, done,
  octet_length(snapshot) + coalesce(octet_length(i.body), 0) AS chars,
  EXISTS (SELECT 1 FROM mail_records m WHERE m.actor = a.actor)
    OR EXISTS (SELECT 1 FROM timer_records t WHERE t.actor = a.actor) AS awaited
FROM actor_records a LEFT JOIN actor_inputs i USING (actor)`;

const membersBelow = `${members} WHERE address > ? AND address < ? ORDER BY address LIMIT ?`;

const stepsOf = `SELECT step, octet_length(body) AS chars FROM step_records
WHERE actor = ? ORDER BY step LIMIT ?`;

const toNumbered = (row: SqlRow): Numbered => ({
  number: numberIn(row, 'number'),
  at: numberIn(row, 'at'),
  chars: numberIn(row, 'chars'),
});

const toMember = (row: SqlRow): Member => ({
  actor: numberIn(row, 'actor'),
  address: textIn(row, 'address'),
  done: numberIn(row, 'done') === 1,
  isAwaited: numberIn(row, 'awaited') === 1,
  chars: numberIn(row, 'chars'),
});
