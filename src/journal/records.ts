/** What a journal keeps, row by row: plain data. */
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
