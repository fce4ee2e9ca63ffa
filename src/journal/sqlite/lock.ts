/**
 * The lock of a journal: one owner at a time, over all processes.
 *
 * Node has no `flock`, and a lock on the journal itself would keep readers out. So the owner
 * holds a transaction in exclusive mode on a second, empty SQLite file beside it. The system
 * frees it when the process ends, however it ends. The file stays: removing it would let two
 * processes lock two files of the same name.
 */
import type { DatabaseSync } from 'node:sqlite';
import { troupeError } from '../../protocol/index.ts';
import { connect, createPrivate, sqliteCode, sqliteCodes, unreadable } from './connection.ts';

/** A held lock. */
export interface Lock {
  release(): void;
}

/** A held connection that nobody refers to would be collected, and its lock freed. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock of the journal at an absolute path, at once or not at all.
 * @throws TroupeError `JOURNAL_IN_USE`, also when this process holds it; `JOURNAL_UNREADABLE`.
 */
export function acquireLock(path: string): Lock {
  const file = `${path}-lock`;
  createPrivate(file);
  const db = connect(file, 'own');
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error) === sqliteCodes.busy) throw troupeError('JOURNAL_IN_USE', { path });
    throw unreadable(file, error);
  }
  held.add(db);
  return {
    release() {
      held.delete(db);
      db.close();
    },
  };
}
