/**
 * What was committed, in memory: the tables of a journal as maps, under the bounds of
 * `MemoryOptions`.
 *
 * Invariants: what has not ended is never dropped, nor what stands below a run that has not
 * ended, for its work may ask for the results again; nor a waiting message, nor an armed timer.
 */
import { systemAddress, troupeError } from '../../protocol/index.ts';
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
import { stepOfLetter, type TrimStore } from '../trim/index.ts';
import { type KeptActor, KeptActors, wholeOf } from './kept-actors.ts';
import { Nested } from './nested.ts';
import { Newest } from './newest.ts';
import { memoryTrimStore } from './trimming.ts';

/** How much is kept; `Infinity` keeps everything. */
export interface MemoryBounds {
  /** Rows of history, and dead letters. */
  readonly rows: number;
  /** Actors that ended. */
  readonly runs: number;
}

/** The committed state; its reads see whole batches only. */
export class MemoryState implements JournalReads {
  readonly #rows: Newest<JournalRow>;
  readonly #letters: Newest<DeadLetter>;
  readonly #actors: KeptActors;
  readonly #waiting = new Map<number, WaitingMail>();
  readonly #steps = new Nested<StepRecord>();
  readonly #timers = new Nested<TimerRecord>();
  #seq = 0;
  #letter = 0;

  constructor(bounds: MemoryBounds) {
    this.#actors = new KeptActors(bounds.runs, (actor) => this.#steps.deleteAll(actor));
    this.#rows = new Newest(bounds.rows);
    this.#letters = new Newest(bounds.rows, ({ letter }) => {
      // What became of a letter goes with it.
      const system = this.#actors.byAddress(systemAddress)?.record.actor;
      if (system !== undefined) this.#steps.delete(system, stepOfLetter(letter));
    });
  }

  /** Takes a whole batch, or throws `BROKEN_INVARIANT` and changes nothing. */
  apply(batch: Batch): void {
    this.#check(batch);
    for (const row of batch.rows) this.#rows.push(row);
    this.#seq += batch.rows.length;
    for (const record of batch.actors) this.#actors.keep(record);
    for (const mail of batch.taken) this.#waiting.delete(mail);
    for (const mail of batch.waiting) this.#waiting.set(mail.mail, mail);
    for (const step of batch.steps) this.#steps.set(step.actor, step.step, step);
    for (const timer of batch.timersCleared) this.#timers.delete(timer.actor, timer.timer);
    for (const timer of batch.timersArmed) this.#timers.set(timer.actor, timer.timer, timer);
    for (const letter of batch.dead) {
      this.#letters.push(letter);
      this.#letter = Math.max(this.#letter, letter.letter);
    }
    this.#actors.cut();
  }

  /** Before the first batch: the history goes on after an anchor, numbers after these. */
  goOnFrom({ seq }: Anchor, { actor, letter }: Heads): void {
    this.#rows.cutTo(seq);
    this.#seq = seq;
    this.#actors.goOnFrom(actor);
    this.#letter = letter;
  }

  heads(): Heads {
    return {
      seq: this.#seq,
      actor: this.#actors.highest,
      mail: highest([...this.#waiting.keys()]),
      letter: this.#letter,
      arming: this.#seq * armingsOfRow,
    };
  }

  byAddress(address: string): ActorRecord | undefined {
    const kept = this.#actors.byAddress(address);
    return kept && wholeOf(kept);
  }

  byNumber(actor: number): ActorRecord | undefined {
    const kept = this.#actors.byNumber(actor);
    return kept && wholeOf(kept);
  }

  actors(filter: ActorFilter): ActorRecord[] {
    const found = [...this.#actors.all()].filter(({ record }) => fits(record, filter));
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
    const isBusy = ({ record }: KeptActor): boolean =>
      record.actor > above && !record.done && (record.active || waited.has(record.actor));
    const found = [...this.#actors.all()].filter(isBusy).map(({ record }) => record.actor);
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
    let row = rowAfter(this.#actors.byNumber(actor)?.record.last ?? 0);
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

  /** What trimming sees. */
  trimStore(): TrimStore {
    return memoryTrimStore({
      heads: () => ({ seq: this.#seq, letter: this.#letter }),
      rows: this.#rows,
      letters: this.#letters,
      actors: this.#actors,
      waiting: this.#waiting,
      steps: this.#steps,
      hasTimer: (actor) => this.#timers.of(actor).length > 0,
    });
  }

  #check(batch: Batch): void {
    checkRows(batch.rows, this.#seq);
    for (const { actor, address } of batch.actors) {
      const other = this.#actors.byAddress(address)?.record.actor ?? actor;
      if (other === actor) continue;
      const found = `${address} as ${other} and ${actor}`;
      throw troupeError('BROKEN_INVARIANT', { invariant: 'an address has one actor', found });
    }
  }
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

const highest = (numbers: readonly number[]): number =>
  numbers.reduce((high, number) => Math.max(high, number), 0);

const fits = (record: ActorRecord, filter: ActorFilter): boolean =>
  (filter.kind ?? record.kind) === record.kind &&
  (filter.definition ?? record.definition) === record.definition &&
  (filter.active ?? record.active) === record.active &&
  (filter.done ?? record.done) === record.done &&
  (filter.parent ?? record.parent) === record.parent &&
  filter.statuses?.includes(record.status) !== false &&
  (filter.mentions === undefined || record.snapshot.includes(filter.mentions)) &&
  record.actor > (filter.above ?? Number.NEGATIVE_INFINITY) &&
  record.actor < (filter.below ?? Number.POSITIVE_INFINITY) &&
  (filter.parked ?? record.parked !== '') === (record.parked !== '');
