/** One entry of the table of errors. */
import { limits } from './limits.ts';

/** One code: its HTTP status, whether trying again can help, its message and the remedy. */
export interface Entry<Data> {
  /** HTTP status that an HTTP door answers with. */
  readonly status: number;
  /** Whether the same call can succeed later without a change. */
  readonly retryable: boolean;
  /** What happened, with the figures. */
  readonly says: (data: Data) => string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Makes an entry. */
export const entry = <Data>(
  status: number,
  says: (data: Data) => string,
  remedy: string,
  retryable = false,
): Entry<Data> => ({ status, retryable, says, remedy });

/** A time in a message; one that no calendar has is told as it is. */
export const timeText = (ms: number): string =>
  Math.abs(ms) <= limits.durationMs ? new Date(ms).toISOString() : String(ms);
