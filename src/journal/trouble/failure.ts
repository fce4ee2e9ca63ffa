/**
 * What ends a journal's life: whoever runs the team must act differently when its disk is full,
 * when it fails, and when somebody took the file away.
 */
import { isTroupeError, type TroupeError, troupeError } from '../../protocol/index.ts';
import { sqliteCode, sqliteCodes } from './sqlite-code.ts';

/** The error that ended a journal's life; every later call throws it. */
export type JournalEnd = TroupeError<JournalEndCode>;

type JournalEndCode = (typeof endCodes)[number];

const endCodes = ['JOURNAL_FAILED', 'JOURNAL_FULL', 'JOURNAL_GONE', 'JOURNAL_DAMAGED'] as const;

/** Whether an error has ended a journal's life. */
export const isJournalEnd = (error: unknown): error is JournalEnd =>
  endCodes.some((code) => isTroupeError(error, code));

/** The end of the journal at `path`, by what was thrown. */
export function journalEnd(path: string, cause: unknown): JournalEnd {
  if (isJournalEnd(cause)) return cause;
  if (isFull(cause)) return troupeError('JOURNAL_FULL', { path }, cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return troupeError('JOURNAL_FAILED', { path, reason }, cause);
}

/** Whether the disk, a quota or a limit of the process had no room. */
export function isFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (sqliteCode(cause) === sqliteCodes.full) return true;
  const isNamed = 'code' in cause && fullCodes.includes(String(cause.code));
  return isNamed || ('errno' in cause && quotaNumbers.includes(Math.abs(Number(cause.errno))));
}

/** Whether the disk itself failed. */
export function isDiskError(cause: unknown): boolean {
  if (sqliteCode(cause) === sqliteCodes.io) return true;
  return cause instanceof Error && 'code' in cause && cause.code === 'EIO';
}

const fullCodes: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** EDQUOT on Linux, on macOS and BSD: Node has no name for a quota that is used up. */
const quotaNumbers: readonly number[] = [122, 69];
