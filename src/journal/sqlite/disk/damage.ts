/**
 * What SQLite says when a file can't even be opened, as damage: a journal that was cut or changed
 * is no wrong path and no missing right, and whoever starts on it must be told so.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { type TroupeError, troupeError } from '../../../protocol/index.ts';
import { sqliteCode, sqliteCodes } from '../../trouble/index.ts';

/** The damage of the journal at `path` that an error tells; undefined when it tells none. */
export function damageTold(
  path: string,
  error: unknown,
): TroupeError<'JOURNAL_DAMAGED'> | undefined {
  const code = sqliteCode(error);
  const isDamage =
    code === sqliteCodes.corrupt || (code === sqliteCodes.notDatabase && wasJournal(path));
  if (!isDamage) return undefined;
  const said = error instanceof Error ? error.message : '';
  const problem = cutText(path) ?? said;
  return troupeError('JOURNAL_DAMAGED', { path, table: 'file', key: 'header', problem }, error);
}

/** A file that SQLite does not take for one of its own was a journal when its head is there. */
function wasJournal(path: string): boolean {
  if (existsSync(`${path}-head`)) return true;
  return headerOf(path)?.startsWith(magic) ?? false;
}

/** That it was cut, when it has fewer bytes than its header tells. */
function cutText(path: string): string | undefined {
  const header = headerOf(path);
  if (header === undefined || !header.startsWith(magic)) return undefined;
  const { size } = statSync(path);
  if (header.length < headerBytes) return `it was cut: ${size} bytes are left of it`;
  const bytes = Buffer.from(header, 'latin1');
  // A page of 65,536 bytes is noted as 1.
  const noted = bytes.readUInt16BE(16);
  const whole = (noted === 1 ? 65_536 : noted) * bytes.readUInt32BE(28);
  return size < whole ? `it was cut: ${size} bytes are left of ${whole}` : undefined;
}

const magic = 'SQLite format 3\0';
const headerBytes = 100;

/**
 * The first bytes of a file; undefined while a log lies beside it: then a connection of this
 * process may have it open, and closing a descriptor of our own would drop its locks.
 */
function headerOf(path: string): string | undefined {
  if (existsSync(`${path}-wal`)) return undefined;
  try {
    const opened = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(headerBytes);
      return bytes.toString('latin1', 0, readSync(opened, bytes, 0, headerBytes, 0));
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}
