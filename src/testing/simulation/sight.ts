/**
 * Sight: what is seen of a simulated team from outside, at any moment: what is committed, what was
 * called, what was acknowledged. Oracles and views read nothing else.
 */
import type { Batch, JournalReads } from '../../journal/index.ts';
import type { Definition } from '../../protocol/index.ts';

/** One call of a user's code, from outside: it outlives the process. */
export interface CallRecord {
  /** `finder`, `finder.search`, `answer.publish`, `answer.publish~undo`, `trader.quote`. */
  readonly of: string;
  /** 1 for the first call of this place, over all lives. */
  readonly nth: number;
  /** Idempotency key: of a step its own, of work its run's id, of a handler the message's id. */
  readonly key: string;
  /** `work`: the whole of a bot's work; `step`: a function whose result is recorded. */
  readonly kind: 'work' | 'step' | 'handler' | 'promise';
  readonly attempt: number;
  /** The process that called, 1 for the first. */
  readonly life: number;
  /** Number of the last commit when it began. */
  readonly commit: number;
  readonly input: unknown;
  readonly beganAt: number;
  endedAt?: number;
  /** `lost`: its process ended, or its answer was dropped; `aborted`: nobody waits any more. */
  end: 'open' | 'done' | 'failed' | 'aborted' | 'lost';
  result?: unknown;
}

/** One call of the scenario, such as `start` or `send`: what a client asked for. */
export interface RequestRecord {
  /** 1 for the first of the scenario; made again after a crash it keeps its number. */
  readonly nth: number;
  /** `start`, `send`, `ask`, `cancel`, `decide` ... */
  readonly call: string;
  /** Id of the definition, or of the recipient. */
  readonly of: string;
  /** Id of the run that it is about, when it is about one. */
  readonly runId: string | undefined;
  readonly args: readonly unknown[];
  readonly life: number;
  readonly at: number;
  /** Number of the last commit when it was answered: from then on it may not be lost. */
  acknowledgedAt?: number;
  end: 'open' | 'done' | 'refused' | 'lost';
  result?: unknown;
  /** Code of its refusal. */
  error?: string;
}

/** What is seen of a team. */
export interface Sight {
  /** What is committed; it reads across crashes. */
  readonly journal: JournalReads;
  /** Whether what is over may be cut from it: the team has a retention. */
  readonly isTrimmed?: boolean;
  /** Milliseconds since 1970, simulated. */
  now(): number;
  /** Commits so far, over all lives. */
  readonly commits: number;
  /** The process that lives, 1 for the first. */
  readonly life: number;
  /** Whether faults have ended: from then on everything must come to rest. */
  readonly isHealed: boolean;
  readonly calls: readonly CallRecord[];
  readonly requests: readonly RequestRecord[];
  /** All definitions of the team, and those they use. */
  readonly definitions: readonly Definition[];
  /** Lines of the runtime's log at `error` level. */
  readonly errors: readonly string[];
}

/** What one commit changed, and the numbers around it. */
export interface Committed {
  readonly batch: Batch;
  /** 1 for the first. */
  readonly commit: number;
}
