/** What is to be kept of a journal, and what a piece of trimming came to. */
import type { ActorRecord } from '../records.ts';

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
