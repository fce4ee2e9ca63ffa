/**
 * Connections to SQLite files: how they are opened, and what their errors mean.
 *
 * POSIX drops a process's locks on a file when *any* of its descriptors of that file is closed.
 * So nothing here opens an existing journal or lock file but SQLite itself, which knows about it.
 */
import { accessSync, closeSync, constants, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isTroupeError, type TroupeError, troupeError } from '../../protocol/index.ts';
import { isDiskError, isFull, journalEnd } from '../trouble/index.ts';
import { damageTold } from './disk/damage.ts';
import { toldOf } from './disk/room.ts';

export { sqliteCode, sqliteCodes } from '../trouble/index.ts';

/**
 * How a file is opened: `own` writes; `live` reads beside an owner, or what a killed one left;
 * `still` reads a file that nobody writes to, without making the files that sharing needs.
 */
export type Use = 'own' | 'live' | 'still';

/** How long opening and reading wait for a moment in which the file is locked as a whole. */
const lockedMsMax = 1_000;

/** Opens the SQLite file at an absolute path. @throws TroupeError `JOURNAL_UNREADABLE`. */
export function connect(path: string, use: Use): DatabaseSync {
  const url = pathToFileURL(path);
  if (use === 'still') url.searchParams.set('immutable', '1');
  return readable(path, () => {
    const db = new DatabaseSync(url, {
      readOnly: use !== 'own',
      allowExtension: false,
      enableDoubleQuotedStringLiterals: false,
      defensive: true,
      timeout: lockedMsMax,
    });
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
    return db;
  });
}

/** Creates an empty file for this user only. False when there is one. */
export function createPrivate(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw unreadable(path, error);
  }
}

/** The state of a file: its identity, size and time of change; undefined when there is none. */
export function stateOf(
  path: string,
): { readonly mark: string; readonly size: number } | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const mark = `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
  return { mark, size: Number(found.size) };
}

/**
 * The one name of the file that a path leads to; the file itself may be missing.
 * @throws TroupeError `JOURNAL_UNREADABLE` when its folder is missing, or it is no file.
 */
export function locate(path: string): string {
  const absolute = resolve(path);
  return readable(path, () => {
    const found = statSync(absolute, { throwIfNoEntry: false });
    if (found === undefined) return join(locateFolder(path, absolute), basename(absolute));
    if (!found.isFile()) throw unreadable(path, found.isDirectory() ? 'it is a folder' : 'no file');
    return realpathSync(absolute);
  });
}

function locateFolder(path: string, file: string): string {
  const found = realpathSync(dirname(file));
  if (!statSync(found).isDirectory()) throw unreadable(path, 'its folder is a file');
  return found;
}

/**
 * Checks that an existing file, and its folder, may be written to: other files come beside it.
 * @throws TroupeError `JOURNAL_UNREADABLE`.
 */
export function checkWritable(path: string): void {
  readable(path, () => accessSync(path, constants.R_OK | constants.W_OK));
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw unreadable(path, 'its folder may not be written to');
  }
}

/** Runs `open`; its errors become those of `unreadable`. */
export function readable<Opened>(path: string, open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    throw isTroupeError(error) ? error : unreadable(path, error);
  }
}

/**
 * The error that says why a file can't be opened: a disk that is full or fails is told as that,
 * and so is a file that was cut or changed.
 */
export function unreadable(path: string, given: unknown): TroupeError {
  const cause = toldOf(path, given);
  if (isTroupeError(cause)) return cause;
  if (isFull(cause) || isDiskError(cause)) return journalEnd(path, cause);
  if (typeof cause === 'string') return troupeError('JOURNAL_UNREADABLE', { path, reason: cause });
  const damage = damageTold(path, cause);
  if (damage !== undefined) return damage;
  const said = cause instanceof Error ? cause.message : String(cause);
  const reason = reasons[systemCode(cause)] ?? said;
  return troupeError('JOURNAL_UNREADABLE', { path, reason }, cause);
}

const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'its file system is read-only',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENOSPC: 'the disk is full',
};

/** A row as SQLite gives it. */
export type SqlRow = Readonly<Record<string, SQLOutputValue>>;

/** The number in a column. The tables are STRICT, so that anything else is a damaged file. */
export function numberIn(row: SqlRow | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : misread(column, 'a number', value);
}

/** The text in a column. */
export function textIn(row: SqlRow | undefined, column: string): string {
  const value = row?.[column];
  return typeof value === 'string' ? value : misread(column, 'a text', value);
}

function misread(column: string, wanted: string, found: unknown): never {
  const invariant = `the journal's column ${column} holds ${wanted}`;
  throw troupeError('BROKEN_INVARIANT', { invariant, found: typeof found });
}
