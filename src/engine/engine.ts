/**
 * The engine's contract: what runs decisions, and what the floors above give it.
 *
 * A host takes commands and events, lets actors take turns in groups, makes each group durable in
 * one commit, and only then performs effects, resolves acknowledgements and tells listeners.
 */
import type { AnyStateMachine } from 'xstate';
import type { Cell, Listener } from '../actor/index.ts';
import type { Clock } from '../clock/index.ts';
import type { ActorRecord, JournalReader } from '../journal/index.ts';
import type { Mail } from '../mailbox/index.ts';
import type { ActorEvent, Address, DeadReason, Effect, Limits, Logger } from '../protocol/index.ts';

/** How one kind of actor runs: its machine, and who performs its effects. */
export interface Behaviour {
  readonly machine: AnyStateMachine;
  /**
   * Carries an effect out in the turn's own commit, as far as it can; gives what is left to be
   * performed after it. It checks before it stages: its throw ends the host.
   */
  stage?(stage: Stage, cell: Cell, effect: Effect): Effect | undefined;
  /** Performs an effect after its commit. A throw is logged and harms nobody. */
  perform?(cell: Cell, effect: Effect): void;
  /** Whether a recorded actor that is fit goes on as one of another version. */
  migrates?(record: ActorRecord): boolean;
  /** After recovery: performs again what was under way in an actor tagged `active`. */
  resume?(cell: Cell): void;
  /** Whether its code holds an actor that has nothing to do: then that stays in memory. */
  holds?(cell: Cell): boolean;
}

/** What to create. */
export interface Creation {
  readonly address: Address;
  readonly kind: string;
  readonly definition: string;
  readonly version: string;
  readonly structure: string;
  readonly parent: Address | '';
  /** The machine's input; JSON. */
  readonly spec: unknown;
}

/** How a message is put. */
export interface Putting {
  /** 0 to 10; left out for what machines send. */
  readonly priority?: number;
  /** Waits until the actor is open. */
  readonly gated?: boolean;
  readonly key?: string;
  readonly expiresAt?: number;
}

/** The stage of a group: what a command may do. All of it is one commit. */
export interface Stage {
  /** Milliseconds since 1970; the same in the whole group. */
  readonly now: number;
  /** The actor of an address, ended ones included. */
  find(address: Address): Cell | undefined;
  /** Creates an actor and lets it take its first step. @throws what its machine throws. */
  create(creation: Creation): Cell;
  /**
   * Starts an actor anew under a new generation, from its input or, if it is of a user's machine,
   * from its last good state; creates it if there is none. A user's machine with another spec than
   * it has begins from that.
   */
  restart(creation: Creation, from?: 'input' | 'snapshot'): Cell;
  /** Gives an actor another spec; its state stays. */
  respecify(cell: Cell, spec: unknown): void;
  /** Puts an event into a mailbox, or to the dead letters when nobody takes it. */
  send(to: Address, event: ActorEvent, putting?: Putting): void;
  /** Puts an event of an app's own into the mailbox of a user's machine, as it is. */
  post(cell: Cell, event: ActorEvent, priority?: number): void;
  /**
   * Takes back a gated event that still waits, by its key or as its mailbox lists it; it becomes a
   * dead letter.
   */
  withdraw(to: Address, key: string | Mail, reason?: DeadReason): void;
  /** Lets an actor that is closed take the next of its gated mail all the same; gives its event. */
  take(cell: Cell): ActorEvent | undefined;
  /**
   * Wakes the actor of a user's machine that was parked without it, or came from an older version;
   * to be called before it takes turns again. @throws when its state fits no machine. One of ours
   * that takes turns takes at once what machines sent it.
   */
  awake(cell: Cell): void;
  /** An actor of ours goes on as one of another version; it takes an event about it at once. */
  moveOn(cell: Cell, to: Pick<Creation, 'version' | 'structure'>, event?: ActorEvent): void;
  /** Lets an actor take turns again; it is awake. Its incidents close, what was due fires. */
  unpark(cell: Cell): void;
  /** Ends an actor that is parked when its mail says so: it takes none. */
  endIfTold(cell: Cell): void;
  /** Clears all timers of an actor. */
  clearTimers(cell: Cell): void;
  /** Records a step's value for an actor. */
  record(cell: Cell, step: string, value: unknown): void;
  /** The text of what is recorded as of now under a step of an actor, in this group or before. */
  recorded(cell: Cell, step: string): string | undefined;
  /** Puts an event to the dead letters. */
  bury(to: string, event: ActorEvent, reason: DeadReason, detail: string): void;
  /** Writes the actor's record again, with what was changed. */
  touch(cell: Cell): void;
  /**
   * Stops an actor and all below it: that of a user's machine at once, a run of a bot, a task or a
   * workflow by cancelling it, at once when it is parked. Who watches it is told.
   */
  stop(cell: Cell, reason: string): void;
  /** Opens an incident; one that is open about the same, with the same code, is counted again. */
  incident(incident: Incident): void;
  /** Closes the incident about an actor with this code, if one is open. */
  closeIncident(incident: Omit<Incident, 'message'>): void;
}

/** What nobody below could deal with. */
export interface Incident {
  /** The address of the actor that it is about. */
  readonly about: Address;
  /** A code of the table of errors. */
  readonly code: string;
  readonly message: string;
}

/** Counts since the start; `accepted = applied + dead + pending` at every step. */
export interface Counts {
  readonly accepted: number;
  readonly applied: number;
  /** Accepted first and then dead. */
  readonly dead: number;
  readonly pending: number;
  /** Never accepted: unknown, expired or full at the door. */
  readonly refused: number;
}

/**
 * Hears of every message as it is staged, for statistics. What it throws ends the host; so does a
 * commit that fails afterwards.
 */
export interface Traffic {
  /** A mailbox took it; `isRestored`: it waited in the journal when the host began. */
  accepted(cell: Cell, event: ActorEvent, isRestored: boolean): void;
  /** A turn has handled it, at `now`, milliseconds since 1970. */
  applied(cell: Cell, event: ActorEvent, now: number): void;
  /** It became a dead letter; `isRefused`: no mailbox had taken it. */
  dead(to: string, event: ActorEvent, reason: DeadReason, isRefused: boolean): void;
}

/** What runs decisions. */
export interface Host {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Logger;
  readonly journal: JournalReader;
  /**
   * Runs a command in the next group; resolves with its value when that has committed.
   * A command checks first and stages then: what it throws rejects, when it has staged nothing;
   * a throw after that ends the host (`BROKEN_INVARIANT`).
   * @throws TroupeError `STOPPED`, `JOURNAL_FAILED`.
   */
  enter<Value>(call: string, command: (stage: Stage) => Value): Promise<Value>;
  /** Sends an event in the next group, without waiting: for results of effects. */
  tell(to: Address, event: ActorEvent): void;
  /**
   * The actor as committed, ended ones included.
   * @throws TroupeError `STOPPED`, `JOURNAL_FAILED`.
   */
  find(address: Address): Cell | undefined;
  /** Listens to a living actor. @throws TroupeError `STOPPED`, `JOURNAL_FAILED`. */
  listen(address: Address, listener: Listener): (() => void) | undefined;
  counts(): Counts;
}

/** What recovery found. */
export interface Recovery {
  /** Runs with something to do that were brought back at once; others follow. */
  readonly live: number;
  /** Those that can't go on, with the reason. */
  readonly parked: readonly ActorRecord[];
  /** Those whose being parked or not has changed: to be written again. */
  readonly changed: readonly Address[];
}

/** Decides whether a live actor's definition is there and unchanged; a reason parks it. */
export type Fitness = (record: ActorRecord) => string | undefined;
