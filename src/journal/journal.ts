/**
 * The journal's contract: what one commit holds, and what recovery reads.
 *
 * One owner writes, in groups: `begin` before anything is decided, then exactly one of `commit`
 * and `abort`, all in one synchronous stretch. A commit is atomic: after a crash either all of a
 * batch is there or nothing. What `commit` returned from survives (`durability: 'power'`: also
 * power loss). Rows are numbered without gaps and chained by hash.
 */
import type { Address, DeadReason } from '../protocol/index.ts';

/** One applied message: the history of an actor, append-only. */
export interface JournalRow {
  /** 1, 2, 3 ... over the whole journal. */
  readonly seq: number;
  readonly actor: number;
  /** The actor's row before this one, 0 for its first: a run's history needs no index. */
  readonly previous: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Type of the applied event, such as `task.complete`; `init` for an actor's first turn. */
  readonly type: string;
  /** Statuses entered in this turn, in order, joined by `>`; empty when it did not change. */
  readonly status: string;
  /** JSON text of the event. */
  readonly body: string;
}

/** An actor as of its last turn: the truth that recovery starts from. */
export interface ActorRecord {
  readonly actor: number;
  readonly address: Address;
  /** `system`, `bot`, `task`, `workflow`. */
  readonly kind: string;
  /** Id of its definition. */
  readonly definition: string;
  readonly version: string;
  /** Hash of the definition's structure (plan, machine); a change under one version parks it. */
  readonly structure: string;
  /** Raised whenever the actor starts anew; late timers and results of older ones are dropped. */
  readonly generation: number;
  /** Address of the parent run, empty for those started by themselves. */
  readonly parent: string;
  /** The status that users see, such as `IN_PROGRESS`. */
  readonly status: string;
  /** Whether effects are under way that recovery must perform again; never when it is done. */
  readonly active: boolean;
  /** Whether it ended: it takes no more messages. */
  readonly done: boolean;
  /** Why it is parked, empty when it is not; never when it is done. */
  readonly parked: string;
  /**
   * JSON text of the machine's input, the context's `spec`. That of a run (`run/...`) is written
   * once, when the actor is new, until it starts anew; that of other kinds whenever it differs.
   */
  readonly input: string;
  /** JSON text of value, context without `spec`, and whether it is over. */
  readonly snapshot: string;
  /** Its last row in the history. */
  readonly last: number;
  /** JSON text: addresses that are told when it ends. */
  readonly watchers: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A message that waits in a mailbox. */
export interface WaitingMail {
  /** Number of the waiting message; rises with acceptance. */
  readonly mail: number;
  readonly actor: number;
  /** Lane 0-10 by priority, 11 for what machines send. */
  readonly lane: number;
  /** Whether it waits until the actor is open. */
  readonly gated: boolean;
  /** Key by which its sender can take it back; empty for none. */
  readonly key: string;
  readonly expiresAt: number;
  /** JSON text of the event. */
  readonly body: string;
}

/** A recorded step result. */
export interface StepRecord {
  readonly actor: number;
  readonly step: string;
  readonly at: number;
  /** JSON text of what was recorded. */
  readonly body: string;
}

/** An armed timer. */
export interface TimerRecord {
  readonly actor: number;
  readonly timer: string;
  /** The generation of the actor that armed it. */
  readonly generation: number;
  /** Number of the arming; a late firing of an older one is dropped. */
  readonly arming: number;
  /** Milliseconds since 1970. */
  readonly due: number;
  /** JSON text of the event. */
  readonly body: string;
}

/** An undeliverable message with its reason. */
export interface DeadLetter {
  /** Number of the dead letter. */
  readonly letter: number;
  readonly at: number;
  readonly to: string;
  readonly type: string;
  readonly reason: DeadReason;
  /** What went wrong, for people; empty when the reason says it all. */
  readonly detail: string;
  /** JSON text of the event. */
  readonly body: string;
}

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
  /** When the `limit`-th of those is due that are at `since` or later; undefined: there are fewer. */
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

/**
 * What a journal keeps of what is over; what is left out is kept whole. A bound of number and one
 * of age hold together: what is beyond either is cut.
 */
export interface Keep {
  /** Rows of history: the newest. */
  readonly rows?: number | undefined;
  /** Rows of history: those of this time or later, milliseconds since 1970. */
  readonly rowsSince?: number | undefined;
  /** Ended runs that stand by themselves, each with all below it: those that ended last. */
  readonly runs?: number | undefined;
  /** Such runs: those that ended at this time or later. */
  readonly runsSince?: number | undefined;
  /** Dead letters: the newest. */
  readonly letters?: number | undefined;
  /** Whether somebody still needs an ended run; it is kept then. */
  readonly isHeld?: ((run: ActorRecord) => boolean) | undefined;
}

/** What a piece of trimming came to. */
export interface Trimmed {
  /** Whether there may be more to cut now. */
  readonly more: boolean;
  /** Time of the oldest row that is kept: its age may be the next to count. Unknown when `more`. */
  readonly rowAt?: number | undefined;
  /** When the run ended that is the next to be dropped by its age. Unknown when `more`. */
  readonly runAt?: number | undefined;
}

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
   * Outside of a group: cuts a piece of what is beyond `keep`, in a commit of its own, with work for
   * a few milliseconds at most. Rows are cut from the oldest on, and the anchor says up to where.
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
