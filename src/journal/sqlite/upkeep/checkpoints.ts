/**
 * Checkpoints: what the write-ahead log holds is brought into the file: the log stays small.
 *
 * Path: after some hundred pages SQLite is asked how long the log is; from a bound on it is emptied
 * into the file, and the next commit begins it anew. A reader of another process that stays in one
 * transaction keeps what it sees in the log: then the log grows, and emptying it is tried again
 * after each eighth that it grows by, for a try costs as much as the log is long. Once the reader
 * has ended, the next checkpoint empties it, and SQLite cuts the file of the log to its bound.
 * Invariant: a commit is never lost by what happens here; what fails is said, and tried again.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Logger, limits } from '../../../protocol/index.ts';
import { say } from '../../../telemetry/index.ts';
import type { Batch } from '../../journal.ts';
import { numberIn } from '../connection.ts';

/** What checkpoints work with. */
export interface CheckpointParts {
  /** Path of the journal, for the log. */
  readonly file: string;
  readonly log: Pick<Logger, 'warn'> | undefined;
  /** Called when all of the log is in the file, and synced. */
  readonly onCheckpoint: () => void;
  readonly bounds?: CheckpointBounds | undefined;
}

/** When something is done, in pages of the log. */
export interface CheckpointBounds {
  /** From here on the log is emptied. */
  readonly pages: number;
  /** From here on a log that can't be emptied is warned of. */
  readonly pagesWarned: number;
}

/** Looks after the log of one connection. */
export interface Checkpoints {
  /** Takes note of a batch that was committed; now and then it empties the log. */
  committed(batch: Batch): void;
  /** Takes note of a piece that was trimmed. */
  trimmed(): void;
  /** Before the connection is closed: leaves no log behind, unless somebody reads it. */
  close(): void;
}

const usual: CheckpointBounds = { pages: limits.logPages, pagesWarned: limits.logPagesWarned };

/** Takes the checkpoints of a connection over from SQLite, which makes them within commits. */
export function checkpointsOf(db: DatabaseSync, parts: CheckpointParts): Checkpoints {
  const { pages, pagesWarned } = parts.bounds ?? usual;
  db.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${limits.logBytes}`);
  const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  const empty = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const leave = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  /** Pages written since SQLite was asked last, roughly. */
  let written = 0;
  let next = pages;
  let hasWarned = false;

  function warn(tell: (log: Pick<Logger, 'warn'>) => void): void {
    if (!hasWarned && parts.log !== undefined) tell(parts.log);
    hasWarned = true;
  }

  function checkpoint(): void {
    const found = empty.get();
    const length = numberIn(found, 'log');
    if (numberIn(found, 'busy') === 0 && numberIn(found, 'checkpointed') === length) {
      next = pages;
      hasWarned = false;
      parts.onCheckpoint();
      return;
    }
    next = length + Math.max(pages, Math.floor(length / 8));
    if (length >= pagesWarned)
      warn((log) => say(log, 'journal.longRead', { journal: parts.file, pages: length }));
  }

  function wrote(more: number): void {
    written += more;
    if (written < pages / 4) return;
    written = 0;
    try {
      if (numberIn(look.get(), 'log') >= next) checkpoint();
    } catch (error) {
      // What was committed is in the log, and stays there.
      warn((log) => say(log, 'journal.logKept', { journal: parts.file, error }));
    }
  }

  return {
    committed: (batch) => wrote(pagesOf(batch)),
    trimmed: () => wrote(limits.trimRows / 4),
    close() {
      try {
        if (numberIn(leave.get(), 'busy') === 0) parts.onCheckpoint();
      } catch {
        // The log is read when the journal is opened again.
      }
    },
  };
}

/** About how many pages a batch takes: one for each row of a table, and those of long texts. */
function pagesOf({ rows, actors, steps, waiting, dead }: Batch): number {
  let chars = 0;
  for (const { body } of rows) chars += body.length;
  for (const { snapshot, input } of actors) chars += snapshot.length + input.length;
  for (const { body } of steps) chars += body.length;
  for (const { body } of waiting) chars += body.length;
  for (const { body } of dead) chars += body.length;
  return 2 + rows.length + 2 * actors.length + steps.length + Math.floor(chars / 4_096);
}
