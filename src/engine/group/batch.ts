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
import type { ActorEvent } from '../../protocol/index.ts';
import { hostedText } from '../hosted/index.ts';
import { hostedStatus } from '../lives/index.ts';
import { isDone, statusOf, textOf } from '../step.ts';

type TimerKey = { readonly actor: number; readonly timer: string };

/** A row before its text is made. */
type StagedRow = Omit<JournalRow, 'body'> & { readonly event: ActorEvent };

/** Builds a batch. */
export class BatchBuilder implements Batch {
  readonly at: number;
  readonly waiting: WaitingMail[] = [];
  readonly taken: number[] = [];
  readonly steps: StepRecord[] = [];
  readonly dead: DeadLetter[] = [];
  readonly #staged: (StagedRow | JournalRow)[] = [];
  #rows: JournalRow[] | undefined;
  #touched: readonly Cell[] = [];
  #actors: ActorRecord[] | undefined;
  /** The last change of each timer: its arming, or its clearing. */
  readonly #timers = new Map<string, TimerRecord | TimerKey>();

  constructor(at: number) {
    this.at = at;
  }

  get rows(): JournalRow[] {
    this.#rows ??= this.#staged.map((row) => ('event' in row ? rowOf(row) : row));
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
  addRow(row: StagedRow | JournalRow): void {
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

/** The row with its text. */
export const rowOf = (staged: StagedRow): JournalRow => ({
  seq: staged.seq,
  actor: staged.actor,
  previous: staged.previous,
  at: staged.at,
  type: staged.type,
  status: staged.status,
  body: JSON.stringify(staged.event),
});

function recordOf(cell: Cell, now: number): ActorRecord {
  const { identity, snapshot, hosted, parked, last, watchers } = cell;
  const done = isDone(snapshot);
  return {
    actor: identity.actor,
    address: identity.address,
    kind: identity.kind,
    definition: identity.definition,
    version: identity.version,
    structure: identity.structure,
    generation: identity.generation,
    parent: identity.parent,
    status: hosted === undefined ? statusOf(snapshot) : hostedStatus(snapshot),
    active: !done && cell.isActive,
    done,
    parked,
    input: identity.input,
    snapshot: hosted === undefined ? textOf(snapshot) : hostedText(cell),
    last,
    watchers: watchers.length === 0 ? '[]' : JSON.stringify(watchers),
    createdAt: identity.createdAt,
    updatedAt: now,
  };
}
