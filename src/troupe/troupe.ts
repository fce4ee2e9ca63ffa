/// <reference lib="esnext.disposable" preserve="true" />
/** Troupe: what an app holds of a running team. */
import type { ActorRef, AnyStateMachine, EmittedFrom, EventFrom, SnapshotFrom } from 'xstate';
import type { Approvals, Escalations } from '../approvals/index.ts';
import type { Incidents } from '../incidents/index.ts';
import type { QueryOptions, QueryParameters, QueryRow, SavedSnapshot } from '../journal/index.ts';
import type { DeadLetters, Inbox, Messages } from '../messages/index.ts';
import type {
  AddressedTo,
  Ask,
  AskStream,
  Definition,
  Duration,
  InputOf,
  MachineDefinition,
  Message,
  MessageOf,
  OutputOf,
  Recipient,
  Runnable,
} from '../protocol/index.ts';
import type {
  AskedBy,
  Parked,
  Run,
  RunActor,
  RunOptions,
  Runs,
  WaitOptions,
} from '../runs/index.ts';
import type { SupervisedInput, SuperviseOptions, Supervisor } from '../supervision/index.ts';
import type { Handoffs } from '../tasks/index.ts';
import type { Metrics } from './life/metrics.ts';
import type { RestoredSnapshot } from './life/restoring.ts';

/**
 * The handle of a definition's run; that of a machine has the machine's own actor, that of a
 * workflow knows its approvals.
 */
export type RunOf<W> = Run<OutputOf<W>, ActorOf<W>, AskedBy<W>>;

/** The reference to the actor that decides a run of this work. */
export type ActorOf<W> = W extends AnyStateMachine
  ? MachineActor<W>
  : W extends MachineDefinition<infer M>
    ? MachineActor<M>
    : RunActor;

/** The reference to the actor of a machine, as XState types it. */
export type MachineActor<M extends AnyStateMachine> = ActorRef<
  SnapshotFrom<M>,
  EventFrom<M>,
  EmittedFrom<M>
>;

/** How to stop. */
export interface StopOptions {
  /** How long steps under way may go on (default 10 s); then their signals are aborted. */
  readonly deadline?: Duration | undefined;
}

/** How to take a snapshot. */
export interface SnapshotOptions {
  /** Whether an older snapshot at the path is replaced (default false). */
  readonly overwrite?: boolean | undefined;
}

/** How to restore a snapshot. */
export interface RestoreOptions {
  /** How long steps under way may go on (default 10 s); then their signals are aborted. */
  readonly deadline?: Duration | undefined;
  /**
   * Where the snapshot of the present is kept (default: beside the journal, named
   * `.before-restore-` and the time; of a journal in memory none).
   */
  readonly before?: string | undefined;
}

/**
 * A running team. Its calls return promises, resolved when what they did is durable.
 * After `stop` every call is refused (`STOPPED`); after a failure of the journal, `JOURNAL_FAILED`.
 */
export interface Troupe {
  /**
   * Runs work and gives its result. Same id, same run: started again with equal input, it is that
   * run, even finished, even after a restart.
   * @throws RunError when it failed or was cancelled, with the outcome; TroupeError as `start`.
   */
  run<W extends Runnable>(work: W, input: InputOf<W>, options?: RunOptions): Promise<OutputOf<W>>;
  /**
   * Starts a run; resolves when it is durable.
   * @throws TroupeError `NOT_REGISTERED`, `INVALID`, `NOT_JSON`, `TOO_LARGE`, `SCHEMA_ASYNC`,
   *   `BAD_ID`, `BAD_OPTION`, `RUN_CONFLICT`, `UNKNOWN_RUN`, `NOBODY_CAPABLE`, `ABORTED` when its
   *   signal was aborted before, `STOPPED`, `JOURNAL_FAILED`.
   */
  start<W extends Runnable>(work: W, input: InputOf<W>, options?: RunOptions): Promise<RunOf<W>>;
  /**
   * The run of an id; undefined when there is none.
   * @throws TroupeError `BAD_OPTION`, `BAD_ID`, `STOPPED`, `JOURNAL_FAILED`.
   */
  get<W extends Runnable>(work: W, id: string): Promise<RunOf<W> | undefined>;
  /**
   * Sends a message to a bot's handlers; resolves when it is durable in the mailbox. From then on
   * it is handled at least once, or becomes a dead letter. The options end only the waiting for
   * room in the mailbox of a bot that says `whenFull: 'wait'`.
   * @throws TroupeError `UNKNOWN_RECIPIENT`, `UNKNOWN_MESSAGE_TYPE`, `INVALID`, `NOT_JSON`,
   *   `TOO_LARGE`, `MAILBOX_FULL`, `RESERVED_TYPE`, `EXPIRED`, `BAD_OPTION`, `BAD_ID`,
   *   `BAD_DURATION`, `WAIT_TIMEOUT`, `WAIT_ABORTED`, `STOPPED`, `JOURNAL_FAILED`.
   */
  send<R extends Recipient | string>(
    to: R,
    message: R extends string ? Message : MessageOf<R>,
    options?: WaitOptions,
  ): Promise<void>;
  /**
   * Sends an event to the machine of a run; resolves when it is durable in its mailbox. From then
   * on it is applied once, or becomes a dead letter.
   * @throws TroupeError `ILLEGAL_MOVE` when the run has ended or is not that of a machine,
   *   `UNKNOWN_RUN`, `NOT_JSON`, `TOO_LARGE`, `MAILBOX_FULL`, `RESERVED_TYPE`, `BAD_OPTION`,
   *   `STOPPED`, `JOURNAL_FAILED`.
   */
  send<Event>(
    run: Run<unknown, { send(event: Event): void }>,
    event: NoInfer<Event>,
  ): Promise<void>;
  /**
   * Sends messages in one durable write: all of them, or none. No message of a batch waits for
   * room, and one to nobody refuses the batch; it is no dead letter then.
   * @throws TroupeError as `send`; `data.index` is that of the first message that is refused.
   */
  sendAll<const To extends readonly (Recipient | string)[]>(
    messages: {
      readonly [Index in keyof To]: AddressedTo<To[Index]>;
    },
  ): Promise<void>;
  /**
   * Asks a bot: sends it a message and gives what its handler returns.
   * @throws TroupeError as `send`; `HANDLER_FAILED` with the failure, `ASK_TIMEOUT`,
   *   `ASK_CANCELLED` by its signal, `ASK_DROPPED`, `EXPIRED`, `ASK_PARTS`: use `askStream`.
   */
  readonly ask: Ask;
  /** Asks a bot for parts; the message is sent when the first one is asked for. */
  readonly askStream: AskStream;
  /**
   * What waits for a bot, to be looked at, thrown away or, for types without code, received.
   * @throws TroupeError `BAD_OPTION`, `BAD_ID`.
   */
  inbox(bot: Recipient | string): Inbox;
  /**
   * Adds definitions, with all they use; what waited for a bot goes on.
   * @throws TroupeError `DUPLICATE_DEFINITION`, `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`; nothing
   *   is added then.
   */
  register(...definitions: readonly (Definition | AnyStateMachine)[]): Promise<void>;
  /**
   * Starts a supervisor with its children, in order; resolves when all of them are up. Same id,
   * same supervisor: it is found again, also after a restart of the process; one that has ended is
   * started anew. The run of a child has the id `<supervisor>/<child>`.
   * @throws TroupeError `BAD_OPTION`, `BAD_ID`, `BAD_DURATION`, `NOT_REGISTERED`, `INVALID`,
   *   `NOT_JSON`, `TOO_LARGE`, `SCHEMA_ASYNC`, `SUPERVISOR_CONFLICT`, `CHILD_START_FAILED`: then
   *   those that were up are stopped again; `STOPPED`, `JOURNAL_FAILED`.
   */
  supervise<const Works extends readonly unknown[] = [], Member = never>(
    options: SuperviseOptions<Works, Member>,
  ): Promise<Supervisor<SupervisedInput<Member>>>;
  /** All runs, by id: what was started as a step too. */
  readonly runs: Runs;
  /** What nobody below could deal with: supervisors that gave up, runs that failed too often. */
  readonly incidents: Incidents;
  /** What people are asked, and what they say. */
  readonly approvals: Approvals;
  /** What is handed to people who can do what bots can't. */
  readonly escalations: Escalations;
  /** Live runs whose definition is missing or changed. */
  readonly parked: Parked;
  /** Tasks on their way from one bot to another: asking, accepting, declining. */
  readonly handoffs: Handoffs;
  /** What could not be delivered. */
  readonly deadLetters: DeadLetters;
  /** Messages to bots as a whole: their statistics since the troupe was created. */
  readonly messages: Messages;
  /**
   * Asks the journal in plain SQL: one statement that reads its views (docs/VIEWS.md), answered by
   * a process of its own while the team runs. It sees all that was committed before the call. Rows
   * have the values by column, as SQLite gives them: JSON and addresses are texts, times
   * milliseconds; an integer beyond 2^53 is a bigint. A query takes at most 5 s of real time and
   * gives at most 10,000 rows, unless `options` say otherwise. Queries are answered one by one.
   * @throws TroupeError `QUERY_REFUSED`, `QUERY_FAILED`, `QUERY_TIMEOUT`, `QUERY_TOO_LARGE`,
   *   `QUERY_ABORTED`, `QUERY_BUSY`, `QUERY_UNAVAILABLE`, `QUERY_NO_FILE` on a journal in memory,
   *   `BAD_OPTION`, `BAD_DURATION`, `STOPPED`.
   */
  query<Row = QueryRow>(
    sql: string,
    params?: QueryParameters,
    options?: QueryOptions,
  ): Promise<Row[]>;
  /**
   * What is counted and measured, as one plain object; names are in docs/METRICS.md. Cheap enough
   * to be asked once a second. It never throws: when the troupe failed or has stopped it gives what
   * is known in memory.
   */
  metrics(): Metrics;
  /**
   * Saves the whole journal as of one commit to one file, while the team goes on. It holds all that
   * was acknowledged before the call. After a crash the file is there whole or not at all.
   * @throws TroupeError `SNAPSHOT_EXISTS`, `SNAPSHOT_UNWRITABLE`, `BAD_OPTION`, `RESTORING`,
   *   `STOPPED`, `JOURNAL_FAILED`.
   */
  snapshot(path: string, options?: SnapshotOptions): Promise<SavedSnapshot>;
  /**
   * Puts a snapshot in the place of all that is: the team goes on from it as after a crash at the
   * moment it was taken, with the definitions of now. The snapshot is verified first; when it is
   * refused nothing has changed. Then what is under way is settled as by `stop`, and the present is
   * kept in a snapshot of its own. Meanwhile calls are refused (`RESTORING`); handles and waiting
   * from before end (`RESTORED`), the troupe and what hangs on it go on. What was done in the world
   * since the snapshot is done again, and ids of runs that it does not know are free again.
   * @throws TroupeError `SNAPSHOT_UNREADABLE`, `SNAPSHOT_FOREIGN`, `SNAPSHOT_NEWER`,
   *   `SNAPSHOT_DAMAGED`, `SNAPSHOT_WORKSPACE`, `SNAPSHOT_UNWRITABLE`, `SNAPSHOT_EXISTS` for what
   *   is kept, `JOURNAL_FIXED`, `BAD_OPTION`, `BAD_DURATION`, `RESTORING`, `STOPPED`.
   */
  restore(path: string, options?: RestoreOptions): Promise<RestoredSnapshot>;
  /**
   * Stops: begins nothing new, lets steps under way finish and be recorded, aborts what is left at
   * the deadline and closes the journal. Calling it again waits for the same end.
   * @throws TroupeError `BAD_OPTION`; nothing is stopped then.
   */
  stop(options?: StopOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
