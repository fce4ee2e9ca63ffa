/**
 * The journal in an SQLite file, as its one owner.
 *
 * A group is one write transaction: `begin` takes the write lock before anything is decided,
 * `commit` writes the batch with prepared statements and waits for the disk once. Write-ahead
 * log; `power` syncs it at every commit, `process` only at checkpoints. Any error while writing
 * rolls the group back and ends the journal's life.
 */
import { chmodSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type Logger, troupeError } from '../../protocol/index.ts';
import {
  checkFile,
  checkGone,
  checkTail,
  type HeadKeeper,
  headKeeper,
  sound,
} from '../checks/index.ts';
import { groupOf, guardReads } from '../group.ts';
import type { Durability, Journal } from '../journal.ts';
import { placeOf, toldOf } from '../trouble/index.ts';
import {
  checkWritable,
  connect,
  createPrivate,
  locate,
  readable,
  sqliteCode,
  sqliteCodes,
  textIn,
  unreadable,
} from './connection.ts';
import { acquireLock } from './lock.ts';
import { inspectFile } from './reader.ts';
import { fileReads } from './reads.ts';
import {
  type Content,
  checkSelf,
  createSchema,
  inspect,
  renewSelf,
  workspaceOf,
} from './schema.ts';
import { upgrade } from './upgrade.ts';
import { fileTrimming } from './upkeep/trimming.ts';
import { batchWriter } from './writer.ts';

/** How to open a file as its owner; see `openJournal`. */
export interface OwnerOptions {
  readonly durability: Durability;
  readonly workspace: string;
  readonly now: (() => number) | undefined;
  readonly log: Pick<Logger, 'warn'> | undefined;
}

/** Opens the journal in the file at `path`; see `openJournal`. */
export function openSqliteJournal(path: string, options: OwnerOptions): Journal {
  const file = locate(path);
  checkGone(file);
  if (!createPrivate(file)) {
    checkWritable(file);
    sound(file, () => inspectFile(file));
  }
  const lock = acquireLock(file);
  let db: DatabaseSync | undefined;
  let head: HeadKeeper | undefined;
  const release = (isInOrder = false): void => {
    try {
      db?.close();
    } finally {
      head?.close(isInOrder);
      lock.release();
    }
  };
  try {
    return readable(file, () =>
      sound(file, () => {
        const found = checkFile(file);
        const own = connect(file, 'own');
        db = own;
        const content = inspect(own, file);
        if (content !== 'empty') {
          checkTail(own, file, found);
          checkWorkspace(own, file, options.workspace);
        }
        head = headKeeper(file, found, options.durability);
        prepare(own, file, options, content);
        return journalOn(own, file, head, release);
      }),
    );
  } catch (error) {
    release();
    throw error;
  }
}

function checkWorkspace(db: DatabaseSync, path: string, wanted: string): void {
  const workspace = workspaceOf(db);
  if (workspace !== wanted) throw troupeError('JOURNAL_WORKSPACE', { path, workspace, wanted });
}

function prepare(db: DatabaseSync, file: string, options: OwnerOptions, content: Content): void {
  if (content === 'empty') chmodSync(file, 0o600);
  const mode = textIn(db.prepare('PRAGMA journal_mode = WAL').get(), 'journal_mode');
  if (mode !== 'wal') throw unreadable(file, 'its file system has no write-ahead log');
  db.exec(`PRAGMA synchronous = ${options.durability === 'power' ? 'FULL' : 'NORMAL'};
PRAGMA wal_autocheckpoint = 1000; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;`);
  if (content === 'empty') createSchema(db, options.workspace, options.now?.());
  if (content !== 'older') checkSelf(db, file);
  if (content === 'older') upgraded(db, file, options);
  renewSelf(db);
  db.exec('PRAGMA busy_timeout = 0');
}

function upgraded(db: DatabaseSync, file: string, { log }: OwnerOptions): void {
  const { from, to, copy } = upgrade(db, file);
  log?.warn(`the journal was brought from format ${from} to ${to}`, { journal: file, copy });
}

function journalOn(
  db: DatabaseSync,
  file: string,
  head: HeadKeeper,
  release: (isInOrder: boolean) => void,
): Journal {
  const group = groupOf(file);
  const place = placeOf(file);
  const reads = fileReads(db);
  const write = batchWriter(db, reads.heads());
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  const undo = db.prepare('ROLLBACK');
  const trim = fileTrimming(db, reads);
  /** False when another connection keeps the file busy. */
  const begun = (): boolean => {
    try {
      begin.run();
      return true;
    } catch (error) {
      if (sqliteCode(error) === sqliteCodes.busy) return false;
      throw error;
    }
  };
  return {
    ...guardReads(reads, group),
    path: file,
    begin() {
      group.enter();
      try {
        if (begun()) return true;
      } catch (error) {
        throw group.fail(toldOf(file, error));
      }
      group.leave();
      return false;
    },
    commit(batch) {
      group.checkOpen();
      try {
        const written = write(batch);
        end.run();
        const last = written();
        place.check();
        head.committed(last, batch.at);
      } catch (error) {
        if (db.isTransaction) undo.run();
        throw group.fail(toldOf(file, error));
      }
      group.leave();
    },
    abort() {
      group.checkOpen();
      try {
        undo.run();
      } catch (error) {
        throw group.fail(toldOf(file, error));
      }
      group.leave();
    },
    trim(keep) {
      group.enter();
      try {
        if (!begun()) return undefined;
        const { trimmed, hasChanged } = trim(keep);
        if (hasChanged) end.run();
        else undo.run();
        return trimmed;
      } catch (error) {
        if (db.isTransaction) undo.run();
        throw group.fail(toldOf(file, error));
      } finally {
        group.leave();
      }
    },
    close() {
      if (group.close()) release(!group.hasFailed());
    },
  };
}
