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

/** Builds a batch. */
export class BatchBuilder implements Batch {
  readonly at: number;
  readonly waiting: WaitingMail[] = [];
  readonly taken: number[] = [];
  readonly steps: StepRecord[] = [];
  readonly dead: DeadLetter[] = [];
  readonly #staged: (LateRow | JournalRow)[] = [];
  #rows: JournalRow[] | undefined;
  #touched: readonly Cell[] = [];
  #actors: ActorRecord[] | undefined;
  /** The last change of each timer: its arming, or its clearing. */
  readonly #timers = new Map<string, TimerRecord | TimerKey>();

  constructor(at: number) {
    this.at = at;
  }

  get rows(): JournalRow[] {
    this.#rows ??= this.#staged.map((row) => ('event' in row && row.isAtOnce ? rowOf(row) : row));
    return this.#rows;
  }

  get actors(): ActorRecord[] {
    this.#actors ??= this.#touched.map((cell) => recordOf(cell, this.at));
    return this.#actors;
  }

  get timersArmed(): TimerRecord[] {
    return [...this.#timers.values()].filter((change) => 'due' in change);
  }

  get timersCleared(): TimerKey[] {
    return [...this.#timers.values()].filter((change) => !('due' in change));
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
      this.#timers.size === 0
    );
  }

  /** Adds a row; `seq` rises. */
  addRow(row: LateRow | JournalRow): void {
    this.#staged.push(row);
  }

  /** Saves actors as they are after the group's last turn. */
  saveActors(touched: readonly Cell[]): void {
    this.#touched = touched;
  }

  armTimer(timer: TimerRecord): void {
    this.#timers.set(`${timer.actor} ${timer.timer}`, timer);
  }

  clearTimer(actor: number, timer: string): void {
    this.#timers.set(`${actor} ${timer}`, { actor, timer });
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

/** The text of waiting mail; it also tells whose end or snapshot it is about. */
const bodyOf = ({ event, origin, hops }: Mail): string =>
  JSON.stringify(origin === undefined && hops === undefined ? event : { event, origin, hops });
