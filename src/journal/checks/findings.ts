/**
 * What a verification found: all problems are counted, the first of them listed, in the order in
 * which they were found.
 */
import { isTroupeError } from '../../protocol/index.ts';

/** How to verify. */
export interface VerifyOptions {
  /** Told now and then how far it is. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One thing that is not as it was written. */
export interface Problem {
  /** A table, `file` or `head`. */
  readonly table: string;
  /** The row's key, or the part of the file. */
  readonly key: string;
  readonly problem: string;
}

/** What became of the seal: it fits, does not fit, or why there is none. */
export type SealState = 'intact' | 'broken' | 'open' | 'large' | 'shared' | 'none';

/** What a verification came to. */
export interface Verification {
  readonly path: string;
  readonly ok: boolean;
  /** How many problems there are; the first hundred are listed, in the order they were found. */
  readonly count: number;
  readonly problems: readonly Problem[];
  /** Set when rows are cut off at the end: the last row there, and the last that was committed. */
  readonly cut: { readonly row: number; readonly head: number } | undefined;
  /** Rows of history, and rows of all other tables, that were verified. */
  readonly rows: number;
  readonly records: number;
  /** The last row cut by retention, 0 when none was, and the last row. */
  readonly anchor: number;
  readonly last: number;
  readonly seal: SealState;
  /** What could not be verified, as sentences. */
  readonly notes: readonly string[];
}

/** How far a verification is. */
export interface Progress {
  /** What is verified now, such as `history`. */
  readonly what: string;
  /** Rows so far. */
  readonly rows: number;
}

/** Problems listed; all are counted. */
const listed = 100;

/** Collects problems. */
export class Findings {
  readonly problems: Problem[] = [];
  count = 0;
  rows = 0;
  records = 0;
  cut: Verification['cut'];

  add(table: string, key: string | number, problem: string): void {
    this.count += 1;
    if (this.count <= listed) this.problems.push({ table, key: `${key}`, problem });
  }

  /** Adds what an error says. */
  addError(table: string, key: string, error: unknown): void {
    if (isTroupeError(error, 'JOURNAL_DAMAGED')) {
      this.add(error.data.table, error.data.key || key, error.data.problem);
    } else {
      this.add(table, key, error instanceof Error ? error.message : String(error));
    }
  }
}
