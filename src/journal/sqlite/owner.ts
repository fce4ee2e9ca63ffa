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
import { say } from '../../telemetry/index.ts';
import {
  checkFile,
  checkGone,
  checkTail,
  type FoundHead,
  type HeadKeeper,
  headKeeper,
  removeHead,
  sound,
} from '../checks/index.ts';
import { type Group, groupOf, guardReads } from '../group.ts';
import type { Durability, Journal } from '../journal.ts';
import { copyDatabase, copyToNew, syncFolder } from '../snapshots/copying.ts';
import { checkIsJournal } from '../snapshots/marks.ts';
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
import { placeOf } from './disk/place.ts';
import { toldOf } from './disk/room.ts';
import { acquireLock, type Lock } from './lock.ts';
import { inspectFile, readOnce } from './reader.ts';
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
import { checkpointsOf } from './upkeep/checkpoints.ts';
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
    sound(file, () => checkKind(file));
  }
  return ownUnder(acquireLock(file), file, options);
}

/** @throws TroupeError `JOURNAL_IS_SNAPSHOT`, and as `inspectFile`. */
function checkKind(file: string): void {
  if (inspectFile(file) !== 'empty') readOnce(file, (db) => checkIsJournal(db, file));
}

/** Opens a file under its lock, which is freed by the journal's end, or when it can't be opened. */
function ownUnder(lock: Lock, file: string, options: OwnerOptions): Journal {
  let db: DatabaseSync | undefined;
  let head: HeadKeeper | undefined;
  const close = (isInOrder: boolean): void => {
    try {
      db?.close();
    } finally {
      head?.close(isInOrder);
    }
  };
  const release = (isInOrder = false): void => {
    try {
      close(isInOrder);
    } finally {
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
        if (content === 'journal') tellHead(file, found, options);
        head = headKeeper(file, found, options.durability);
        prepare(own, file, options, content);
        return journalOn(own, file, head, { options, lock, close, release });
      }),
    );
  } catch (error) {
    release();
    throw error;
  }
}

/** What a head can't say is never passed over in silence. */
function tellHead(journal: string, found: FoundHead, { log }: OwnerOptions): void {
  if (found.state === 'missing') {
    if (log) say(log, 'journal.headless', { journal });
  } else if (found.state === 'found' && !found.isWhole) {
    if (log) say(log, 'journal.halfHead', { journal });
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
PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;`);
  if (content === 'empty') createSchema(db, options.workspace, options.now?.());
  if (content !== 'older') checkSelf(db, file);
  if (content === 'older') upgraded(db, file, options);
  renewSelf(db);
  db.exec('PRAGMA busy_timeout = 0');
}

function upgraded(db: DatabaseSync, file: string, { log }: OwnerOptions): void {
  const { from, to, copy } = upgrade(db, file);
  const text = `the journal was brought from format ${from} to ${to}`;
  if (log) say(log, 'journal.upgraded', { journal: file, copy }, text);
}

/** What the owner of a file holds. */
interface Owned {
  readonly options: OwnerOptions;
  readonly lock: Lock;
  /** Closes all but the lock. */
  readonly close: (isInOrder: boolean) => void;
  readonly release: (isInOrder: boolean) => void;
}

/**
 * The file as a whole: copied while groups go on, or replaced in one transaction under the lock.
 * The head goes before: it must never name a row that the new content does not have.
 */
function asWhole(
  file: string,
  group: Group,
  { options, lock, close }: Owned,
): Pick<Required<Journal>, 'workspace' | 'copyTo' | 'replacedBy'> {
  return {
    workspace: options.workspace,
    copyTo: async (path) => {
      group.check();
      await copyToNew(file, path);
    },
    replacedBy: async (path) => {
      group.check();
      group.close();
      close(true);
      const failure = await replaceContent(file, path);
      return { journal: ownUnder(lock, file, { ...options, log: undefined }), failure };
    },
  };
}

/** Replaces the content of a file; why it has the old one, or undefined. */
async function replaceContent(file: string, by: string): Promise<unknown> {
  try {
    removeHead(file);
    await syncFolder(file);
    await copyDatabase(by, file, 'still');
    return undefined;
  } catch (error) {
    return unreadable(file, error);
  }
}

function journalOn(db: DatabaseSync, file: string, head: HeadKeeper, owned: Owned): Journal {
  const group = groupOf(file);
  const place = placeOf(file);
  const reads = fileReads(db);
  const write = batchWriter(db, reads.heads());
  const end = db.prepare('COMMIT');
  const undo = db.prepare('ROLLBACK');
  const trim = fileTrimming(db, reads);
  const onCheckpoint = () => head.checkpointed();
  const checkpoints = checkpointsOf(db, { file, log: owned.options.log, onCheckpoint });
  const begun = beginning(db);
  /** What fails is undone, and ends the journal. */
  const attempt = <Value>(run: () => Value): Value => {
    try {
      return run();
    } catch (error) {
      if (db.isTransaction) undo.run();
      throw group.fail(toldOf(file, error));
    }
  };
  return {
    ...guardReads(reads, group),
    ...asWhole(file, group, owned),
    path: file,
    begin() {
      group.enter();
      if (attempt(begun)) return true;
      group.leave();
      return false;
    },
    commit(batch) {
      group.checkOpen();
      attempt(() => {
        const written = write(batch);
        end.run();
        const last = written();
        place.check();
        head.committed(last, batch.at);
        checkpoints.committed(batch);
      });
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
      const trimmed = attempt(() => {
        if (!begun()) return undefined;
        const piece = trim(keep);
        (piece.hasChanged ? end : undo).run();
        if (piece.hasChanged) checkpoints.trimmed();
        return piece.trimmed;
      });
      group.leave();
      return trimmed;
    },
    close() {
      if (!group.close()) return;
      if (!group.hasFailed()) checkpoints.close();
      owned.release(!group.hasFailed());
    },
  };
}

/** Makes what opens a transaction: false when another connection keeps the file busy. */
function beginning(db: DatabaseSync): () => boolean {
  const begin = db.prepare('BEGIN IMMEDIATE');
  return () => {
    try {
      begin.run();
      return true;
    } catch (error) {
      if (sqliteCode(error) === sqliteCodes.busy) return false;
      throw error;
    }
  };
}
