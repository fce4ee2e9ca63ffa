/**
 * Whether there is room: SQLite tells a full disk only where a plain write failed, and tells a
 * quota, or a folder that can't take one more file, as an error of the disk or of the path.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { isTroupeError, troupeError } from '../../../protocol/index.ts';
import { isFull, sqliteCode, sqliteCodes } from '../../trouble/index.ts';

/** What SQLite writes at a time. */
const pageBytes = 4_096;

/** An error of the journal at `path` as what it is: `JOURNAL_FULL` when there is no room. */
export function toldOf(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  const isUnclear = code === sqliteCodes.io || code === sqliteCodes.cantOpen;
  if (isTroupeError(error) || !isUnclear || hasRoom(`${path}-room`)) return error;
  return troupeError('JOURNAL_FULL', { path }, error);
}

/** Writes a page to a new file and removes it. */
function hasRoom(file: string): boolean {
  try {
    const opened = openSync(file, 'wx', 0o600);
    try {
      writeSync(opened, Buffer.alloc(pageBytes));
    } finally {
      closeSync(opened);
      rmSync(file, { force: true });
    }
    return true;
  } catch (error) {
    return !isFull(error);
  }
}
