/**
 * What was committed, in memory: the tables of a journal as maps, under the bounds of
 * `MemoryOptions`.
 *
 * A run and all below it are a family: once its root has ended it may be dropped, oldest first.
 * Invariants: what has not ended is never dropped, nor what stands below a run that has not
 * ended, for its work may ask for the results again; nor a waiting message, nor an armed timer.
 */
import { troupeError } from '../../protocol/index.ts';
import { checkRows } from '../group.ts';
import {
  type ActorFilter,
  type ActorRecord,
  type Anchor,
  armingsOfRow,
  type Batch,
  byArming,
  byRecording,
  type DeadLetter,
  type Extent,
  type Heads,
  type JournalReads,
  type JournalRow,
  type StepRecord,
  type TimerRecord,
  type WaitingMail,
} from '../journal.ts';
import { Nested } from './nested.ts';
import { Newest } from './newest.ts';

/** How much is kept; `Infinity` keeps everything. */
export interface MemoryBounds {
  /** Rows of history, and dead letters. */
  readonly rows: number;
  /** Actors that ended. */
  readonly runs: number;
}

/** An actor, and the family of the run at its root. */
interface Kept {
  record: ActorRecord;
  /** The record with its texts, once it was read: a batch may make them late. */
  whole: ActorRecord | undefined;
  readonly family: Family;
}

/** A run with all below it. */
interface Family {
  readonly root: number;
  members: number[];
  /** How many of them count as ended. */
  counted: number;
  isDropped: boolean;
}

/** The committed state; its reads see whole batches only. */
export class MemoryState implements JournalReads {
  readonly #bounds: MemoryBounds;
  readonly #rows: Newest<JournalRow>;
  readonly #letters: Newest<DeadLetter>;
  readonly #actors = new Map<number, Kept>();
  readonly #addresses = new Map<string, Kept>();
  readonly #waiting = new Map<number, WaitingMail>();
  readonly #steps = new Nested<StepRecord>();
  readonly #timers = new Nested<TimerRecord>();
  readonly #ended: Family[] = [];
  #endedMembers = 0;
  #seq = 0;
  #actor = 0;
  #letter = 0;

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
    this.#rows = new Newest(bounds.rows);
    this.#letters = new Newest(bounds.rows);
  }

  /** Takes a whole batch, or throws `BROKEN_INVARIANT` and changes nothing. */
  apply(batch: Batch): void {
    this.#check(batch);
    for (const row of batch.rows) this.#rows.push(row);
    this.#seq += batch.rows.length;
    for (const record of batch.actors) this.#keep(record);
    for (const mail of batch.taken) this.#waiting.delete(mail);
    for (const mail of batch.waiting) this.#waiting.set(mail.mail, mail);
    for (const step of batch.steps) this.#steps.set(step.actor, step.step, step);
    for (const timer of batch.timersCleared) this.#timers.delete(timer.actor, timer.timer);
    for (const timer of batch.timersArmed) this.#timers.set(timer.actor, timer.timer, timer);
    for (const letter of batch.dead) {
      this.#letters.push(letter);
      this.#letter = Math.max(this.#letter, letter.letter);
    }
    while (this.#endedMembers > this.#bounds.runs) this.#dropOldest();
  }

  heads(): Heads {
    return {
      seq: this.#seq,
      actor: this.#actor,
      mail: highest([...this.#waiting.keys()]),
      letter: this.#letter,
      arming: this.#seq * armingsOfRow,
    };
  }

  byAddress(address: string): ActorRecord | undefined {
    const kept = this.#addresses.get(address);
    return kept && wholeOf(kept);
  }

  byNumber(actor: number): ActorRecord | undefined {
    const kept = this.#actors.get(actor);
    return kept && wholeOf(kept);
  }

  actors(filter: ActorFilter): ActorRecord[] {
    const found = [...this.#actors.values()].filter(({ record }) => fits(record, filter));
    found.sort((a, b) => a.record.actor - b.record.actor);
    const isNewest = filter.newest === true && filter.limit !== undefined;
    const first = isNewest ? Math.max(0, found.length - (filter.limit ?? 0)) : 0;
    return found.slice(first, isNewest ? undefined : filter.limit).map(wholeOf);
  }

  waiting(): WaitingMail[] {
    return [...this.#waiting.values()].sort((a, b) => a.mail - b.mail);
  }

  mailOf(actor: number): WaitingMail[] {
    return this.waiting().filter((mail) => mail.actor === actor);
  }

  timers(): TimerRecord[] {
    return this.#timers.all().sort(byArming);
  }

  timersOf(actor: number): TimerRecord[] {
    return this.#timers.of(actor).sort(byArming);
  }

  timersBetween(since: number, until: number): TimerRecord[] {
    return this.timers().filter(({ due }) => due >= since && due < until);
  }

  dueAfter(since: number, limit: number): number | undefined {
    return this.timers().filter((timer) => timer.due >= since)[limit - 1]?.due;
  }

  busy(above: number, limit: number): number[] {
    const waited = new Set([...this.#waiting.values()].map(({ actor }) => actor));
    const isBusy = ({ record }: Kept): boolean =>
      record.actor > above && !record.done && (record.active || waited.has(record.actor));
    const found = [...this.#actors.values()].filter(isBusy).map(({ record }) => record.actor);
    return found.sort((a, b) => a - b).slice(0, limit);
  }

  steps(actor: number): StepRecord[] {
    return this.#steps.of(actor).sort(byRecording);
  }

  step(actor: number, step: string): StepRecord | undefined {
    return this.#steps.get(actor, step);
  }

  history(actor: number, since: number): JournalRow[] {
    const found: JournalRow[] = [];
    const rowAfter = (seq: number) => (seq > since ? this.#rows.at(seq) : undefined);
    let row = rowAfter(this.#actors.get(actor)?.record.last ?? 0);
    while (row !== undefined) {
      found.push(wholeRow(row));
      row = rowAfter(row.previous);
    }
    return found.reverse();
  }

  rows(since: number, limit: number): JournalRow[] {
    return this.#rows.from(since + 1, limit).map(wholeRow);
  }

  anchor(): Anchor {
    return { seq: this.#rows.cut, hash: '' };
  }

  extent(): Extent {
    const { cut } = this.#rows;
    return { rows: this.#seq - cut, cut, fileBytes: 0, logBytes: 0 };
  }

  deadLetters(limit: number, before?: number): DeadLetter[] {
    if (before === undefined) return this.#letters.last(limit);
    const all = this.#letters.last(Number.POSITIVE_INFINITY);
    const found = all.filter(({ letter }) => letter < before);
    return found.slice(Math.max(0, found.length - limit));
  }

  #check(batch: Batch): void {
    checkRows(batch.rows, this.#seq);
    for (const { actor, address } of batch.actors) {
      const other = this.#addresses.get(address)?.record.actor ?? actor;
      if (other === actor) continue;
      const found = `${address} as ${other} and ${actor}`;
      throw troupeError('BROKEN_INVARIANT', { invariant: 'an address has one actor', found });
    }
  }

  #keep(record: ActorRecord): void {
    const known = this.#actors.get(record.actor);
    const wasDone = known?.record.done === true;
    const kept = known ?? this.#add(record);
    kept.record = record;
    kept.whole = undefined;
    if (!record.done || wasDone) return;
    if (kept.family.isDropped) this.#drop(record.actor);
    else if (kept.family.root === record.actor) this.#noteEnd(kept.family);
  }

  #add(record: ActorRecord): Kept {
    const above = record.parent === '' ? undefined : this.#addresses.get(record.parent);
    const family = above?.family ?? newFamily(record.actor);
    const kept = { record, whole: undefined, family };
    family.members.push(record.actor);
    this.#actors.set(record.actor, kept);
    this.#addresses.set(record.address, kept);
    this.#actor = Math.max(this.#actor, record.actor);
    return kept;
  }

  #noteEnd(family: Family): void {
    family.counted += family.members.length;
    this.#endedMembers += family.members.length;
    this.#ended.push(family);
  }

  #dropOldest(): void {
    const family = this.#ended.shift();
    if (family === undefined) return;
    this.#endedMembers -= family.counted;
    family.counted = 0;
    const isDone = (actor: number): boolean => this.#actors.get(actor)?.record.done === true;
    if (!isDone(family.root)) return;
    family.isDropped = true;
    for (const member of family.members.filter(isDone)) this.#drop(member);
    family.members = [];
  }

  #drop(actor: number): void {
    const kept = this.#actors.get(actor);
    if (kept !== undefined) this.#addresses.delete(kept.record.address);
    this.#actors.delete(actor);
    this.#steps.deleteAll(actor);
  }
}

/** A record as readers get it: plain, with all its texts. */
function wholeOf(kept: Kept): ActorRecord {
  const { record } = kept;
  kept.whole ??= { ...record, input: record.input, snapshot: record.snapshot };
  return kept.whole;
}

const wholeRow = (row: JournalRow): JournalRow => ({
  seq: row.seq,
  actor: row.actor,
  previous: row.previous,
  at: row.at,
  type: row.type,
  status: row.status,
  body: row.body,
});

const newFamily = (root: number): Family => ({ root, members: [], counted: 0, isDropped: false });

const highest = (numbers: readonly number[]): number =>
  numbers.reduce((high, number) => Math.max(high, number), 0);

const fits = (record: ActorRecord, filter: ActorFilter): boolean =>
  (filter.kind ?? record.kind) === record.kind &&
  (filter.definition ?? record.definition) === record.definition &&
  (filter.active ?? record.active) === record.active &&
  (filter.done ?? record.done) === record.done &&
  (filter.parent ?? record.parent) === record.parent &&
  filter.statuses?.includes(record.status) !== false &&
  record.actor > (filter.above ?? Number.NEGATIVE_INFINITY) &&
  record.actor < (filter.below ?? Number.POSITIVE_INFINITY) &&
  (filter.parked ?? record.parked !== '') === (record.parked !== '');
