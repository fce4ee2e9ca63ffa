/**
 * The journal's contract: what one commit holds, and what recovery reads.
 *
 * One owner writes, in groups: `begin` before anything is decided, then exactly one of `commit`
 * and `abort`, all in one synchronous stretch. A commit is atomic: after a crash either all of a
 * batch is there or nothing. What `commit` returned from survives (`durability: 'power'`: also
 * power loss). Rows are numbered without gaps and chained by hash.
 */
import type {
  ActorRecord,
  DeadLetter,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from './records.ts';
import type { Keep, Trimmed } from './trim/keep.ts';

export type {
  ActorRecord,
  DeadLetter,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from './records.ts';
export type { Keep, Trimmed } from './trim/keep.ts';

/**
 * What one group of turns changes; plain data, so that it can be hashed and simulated.
 * Taken mail and cleared timers go before what came, whatever the order in the group was.
 */
export interface Batch {
  readonly at: number;
  readonly rows: readonly JournalRow[];
  /** Coalesced: one record for each actor touched. */
  readonly actors: readonly ActorRecord[];
  /** Messages that came and still wait. */
  readonly waiting: readonly WaitingMail[];
  /** Numbers of waiting messages that were taken. */
  readonly taken: readonly number[];
  /** Recording a step again replaces it. */
  readonly steps: readonly StepRecord[];
  /** Arming a timer again replaces it. */
  readonly timersArmed: readonly TimerRecord[];
  readonly timersCleared: readonly { readonly actor: number; readonly timer: string }[];
  readonly dead: readonly DeadLetter[];
}

/** Where numbering goes on after recovery. */
export interface Heads {
  /** The last row's number, 0 for an empty journal. */
  readonly seq: number;
  /** The highest number ever given to an actor. */
  readonly actor: number;
  /** The highest number of a message that waits now. */
  readonly mail: number;
  /** The highest number of a dead letter. */
  readonly letter: number;
  /** No timer that is armed now has a higher arming number. */
  readonly arming: number;
}

/** Where a history that was cut begins: the last row that was cut, and its hash. */
export interface Anchor {
  /** 0 when nothing was cut. */
  readonly seq: number;
  /** Empty when nothing was cut, and in memory, where rows have none. */
  readonly hash: string;
}

/** How much a journal holds. */
export interface Extent {
  /** Rows of history that are kept: those after the anchor. */
  readonly rows: number;
  /** Number of the last row that was cut, 0 when none was. */
  readonly cut: number;
  /** Bytes of its file, 0 in memory. What was cut leaves room in it for what comes. */
  readonly fileBytes: number;
  /** Bytes of the write-ahead log beside it, 0 in memory. */
  readonly logBytes: number;
}

/** Which actors to list. */
export interface ActorFilter {
  readonly kind?: string | undefined;
  readonly definition?: string | undefined;
  readonly active?: boolean | undefined;
  readonly done?: boolean | undefined;
  readonly parked?: boolean | undefined;
  /** Any of these. */
  readonly statuses?: readonly string[] | undefined;
  /** Address of the parent run, empty for those started by themselves. */
  readonly parent?: string | undefined;
  /** Only those in whose snapshot this text stands. */
  readonly mentions?: string | undefined;
  /** Only those with a higher number, and with a lower one. */
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly limit?: number | undefined;
  /** Those with the highest numbers, when there are more than `limit`; still ordered by number. */
  readonly newest?: boolean | undefined;
}

/** What can be read, by the owner and by readers beside it. */
export interface JournalReader {
  heads(): Heads;
  byAddress(address: string): ActorRecord | undefined;
  byNumber(actor: number): ActorRecord | undefined;
  /** Ordered by number. */
  actors(filter: ActorFilter): ActorRecord[];
  /** Everything that waits, in order of acceptance. */
  waiting(): WaitingMail[];
  /** What waits for one actor, in order of acceptance. */
  mailOf(actor: number): WaitingMail[];
  /** Ordered by the time they are due, those of one time by arming. */
  timers(): TimerRecord[];
  /** Those of one actor, in the same order. */
  timersOf(actor: number): TimerRecord[];
  /** Those that are due at `since` or later, and before `until`, in the same order. */
  timersBetween(since: number, until: number): TimerRecord[];
  /** When the `limit`-th of those is due that are at `since` or later, if there are so many. */
  dueAfter(since: number, limit: number): number | undefined;
  /**
   * Numbers of living actors that have something to do: effects under way, or waiting mail. Rising,
   * higher than `above`, at most `limit`.
   */
  busy(above: number, limit: number): number[];
  /** An actor's recorded steps, oldest first. */
  steps(actor: number): StepRecord[];
  /** One recorded step: a point read. */
  step(actor: number, step: string): StepRecord | undefined;
  /** An actor's history after `since`, oldest first, walked back from its last row. */
  history(actor: number, since: number): JournalRow[];
  /** Rows of the whole journal after `since`, oldest first, at most `limit`. */
  rows(since: number, limit: number): JournalRow[];
  /** What was cut from the history: it goes on after that. */
  anchor(): Anchor;
  /** How much it holds, cheap enough to be asked once a second. */
  extent(): Extent;
  /** The newest `limit` (of those before a number, when one is given), oldest first. */
  deadLetters(limit: number, before?: number): DeadLetter[];
  /** Does nothing when it was closed before. */
  close(): void;
}

/** The reads that answer from committed state. */
export type JournalReads = Omit<JournalReader, 'close'>;

/** A journal that this process owns. */
export interface Journal extends JournalReader {
  /** Its path, or `memory`. */
  readonly path: string;
  /**
   * Opens a group. False when another connection keeps the file busy: try again by a timer.
   * @throws TroupeError `JOURNAL_FAILED`.
   */
  begin(): boolean;
  /**
   * Writes the batch and makes it durable.
   * @throws TroupeError `JOURNAL_FAILED`; then every later call throws it too.
   */
  commit(batch: Batch): void;
  /** Ends a group in which nothing changed. */
  abort(): void;
  /**
   * Outside of a group: cuts a piece of what is beyond `keep`, in a commit of its own, with work
   * for a few milliseconds at most. Rows are cut from the oldest on; the anchor says up to where.
   * What has not ended is kept, and what waits for it; so is a run while anything below it lives.
   * Undefined when another connection keeps the file busy: try again by a timer.
   * @throws TroupeError `JOURNAL_FAILED`; then every later call throws it too.
   */
  trim(keep: Keep): Trimmed | undefined;
  /** The workspace that it was made for, where it keeps one. */
  readonly workspace?: string | undefined;
  /**
   * Copies all that is committed, as of one commit, into the empty file at an absolute path, while
   * groups go on. A journal without it is read by the contract.
   * @throws TroupeError `JOURNAL_FAILED`; what the target's disk says.
   */
  copyTo?(path: string): Promise<void>;
  /**
   * Ends this journal, outside of a group, and gives one with the content of the journal file at an
   * absolute path, which nobody else uses. It is atomic: after a crash one or the other is there.
   * @throws TroupeError when neither can be opened.
   */
  replacedBy?(path: string): Promise<Replaced>;
}

/** What came of replacing a journal. */
export interface Replaced {
  readonly journal: Journal;
  /** Why it holds what it held before; undefined when it was replaced. */
  readonly failure: unknown;
}

/** How much an acknowledged message survives: power loss, or only the end of the process. */
export type Durability = 'power' | 'process';

/** More timers than the turn of one row arms: armings are counted on from here after a start. */
export const armingsOfRow = 1_000;

/** The order in which timers are listed; a tie is broken by what names them. */
export const byArming = (a: TimerRecord, b: TimerRecord): number =>
  a.due - b.due || a.arming - b.arming || a.actor - b.actor || byText(a.timer, b.timer);

/** The order in which recorded steps are listed. */
export const byRecording = (a: StepRecord, b: StepRecord): number =>
  a.at - b.at || byText(a.step, b.step);

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
