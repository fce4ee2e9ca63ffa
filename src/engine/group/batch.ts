/**
 * The batch of a group while it is being built; coalesces what changes more than once.
 *
 * The texts of rows and snapshots are made when the journal first reads them: after the group's
 * last turn, and only if the journal keeps them.
 */
import type { Cell } from '../../actor/index.ts';
import type {
  ActorRecord,
  Batch,
  DeadLetter,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../../journal/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import { type LateRow, recordOf, rowOf } from './late-texts.ts';

type TimerKey = { readonly actor: number; readonly timer: string };

const isArming = (change: TimerRecord | TimerKey): change is TimerRecord => 'due' in change;
const isClearing = (change: TimerRecord | TimerKey): boolean => !isArming(change);

/** Builds a batch. */
export class BatchBuilder implements Batch {
  readonly at: number;
  readonly waiting: WaitingMail[] = [];
  readonly taken: number[] = [];
  readonly steps: StepRecord[] = [];
  readonly dead: DeadLetter[] = [];
  readonly #staged: (LateRow | JournalRow)[] = [];
  /** Some row's text is due at the commit. */
  #hasTextsDue = false;
  #rows: JournalRow[] | undefined;
  #touched: readonly Cell[] = [];
  #actors: ActorRecord[] | undefined;
  /** The last change of each timer: its arming, or its clearing. */
  #timers: Map<string, TimerRecord | TimerKey> | undefined;

  constructor(at: number) {
    this.at = at;
  }

  get rows(): JournalRow[] {
    this.#rows ??= this.#hasTextsDue ? this.#staged.map(withText) : this.#staged;
    return this.#rows;
  }

  get actors(): ActorRecord[] {
    this.#actors ??= this.#touched.map((cell) => recordOf(cell, this.at));
    return this.#actors;
  }

  get timersArmed(): TimerRecord[] {
    return this.#timers === undefined ? [] : [...this.#timers.values()].filter(isArming);
  }

  get timersCleared(): TimerKey[] {
    return this.#timers === undefined ? [] : [...this.#timers.values()].filter(isClearing);
  }

  /** Whether there is nothing to commit. */
  get isEmpty(): boolean {
    return (
      this.#staged.length === 0 &&
      this.#touched.length === 0 &&
      this.waiting.length === 0 &&
      this.taken.length === 0 &&
      this.steps.length === 0 &&
      this.dead.length === 0 &&
      this.#timers === undefined
    );
  }

  /** Adds a row; `seq` rises. */
  addRow(row: LateRow | JournalRow): void {
    this.#staged.push(row);
    this.#hasTextsDue ||= 'event' in row && row.isAtOnce;
  }

  /** Saves actors as they are after the group's last turn. */
  saveActors(touched: readonly Cell[]): void {
    this.#touched = touched;
  }

  armTimer(timer: TimerRecord): void {
    this.#change(timer);
  }

  clearTimer(actor: number, timer: string): void {
    this.#change({ actor, timer });
  }

  #change(change: TimerRecord | TimerKey): void {
    this.#timers ??= new Map();
    this.#timers.set(`${change.actor} ${change.timer}`, change);
  }

  keepWaiting(cell: Cell, mail: Mail): void {
    this.waiting.push({
      mail: mail.number,
      actor: cell.actor,
      lane: mail.lane,
      gated: mail.gated,
      key: mail.key,
      expiresAt: mail.expiresAt,
      body: bodyOf(mail),
    });
  }
}

const withText = (row: LateRow | JournalRow): JournalRow =>
  'event' in row && row.isAtOnce ? rowOf(row) : row;

/** The text of waiting mail; it also tells whose end or snapshot it is about. */
const bodyOf = ({ event, origin, hops }: Mail): string =>
  JSON.stringify(origin === undefined && hops === undefined ? event : { event, origin, hops });
