/**
 * Readers of a journal file beside its owner.
 *
 * A reader takes no lock and writes nothing. While a write-ahead log lies beside the file, an
 * owner runs or was killed, and SQLite's ordinary sharing applies. Without one the file is read
 * as it stands, so that looking leaves no new files; should it change meanwhile, the read is
 * done again on a fresh connection. Each read is one short transaction: a long one would keep
 * the owner's log growing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { troupeError } from '../../protocol/index.ts';
import type { FileReader } from '../file-reader.ts';
import { groupOf, readsBy } from '../group.ts';
import { connect, locate, readable, stateOf, type Use, unreadable } from './connection.ts';
import { type FileReads, fileReads } from './reads.ts';
import { inspect } from './schema.ts';
import { lendViews } from './views.ts';

/** Opens a reader of the journal at `path`; see `openReader`. */
export function openFileReader(path: string): FileReader {
  const file = locate(path);
  const group = groupOf(file);
  let opened = openToRead(file);
  const read = <Found>(from: (reads: FileReads) => Found): Found => {
    group.check();
    for (;;) {
      if (!isCurrent(opened.way, file)) {
        if (opened.db.isOpen) opened.db.close();
        opened = openToRead(file);
      }
      try {
        const found = readable(file, () => from(opened.reads));
        if (isCurrent(opened.way, file)) return found;
      } catch (error) {
        if (isCurrent(opened.way, file)) throw error;
      }
    }
  };
  return {
    ...readsBy(read),
    path: file,
    view: (name, filter = {}) => read((reads) => reads.view(name, filter)),
    count: (name) => read((reads) => reads.count(name)),
    close() {
      if (group.close() && opened.db.isOpen) opened.db.close();
    },
  };
}

/** Reads once, on a connection of its own; `file` is absolute. @throws as `openFileReader`. */
export function readOnce<Found>(file: string, from: (db: DatabaseSync) => Found): Found {
  for (;;) {
    const { db, way } = openToRead(file);
    try {
      const found = from(db);
      if (isCurrent(way, file)) return found;
    } catch (error) {
      if (isCurrent(way, file)) throw error;
    } finally {
      db.close();
    }
  }
}

/**
 * Looks at an existing file without writing to it. One with a rollback journal beside it was left
 * by a crash before it held anything, as an image of power loss shows: SQLite rolls it back.
 * @throws TroupeError `JOURNAL_FOREIGN`, `JOURNAL_VERSION`, `JOURNAL_UNREADABLE`.
 */
export function inspectFile(file: string): ReturnType<typeof inspect> {
  const isHalfMade = stateOf(`${file}-journal`) !== undefined;
  const db = connect(file, isHalfMade ? 'own' : wayToRead(file).use);
  try {
    return inspect(db, file);
  } finally {
    db.close();
  }
}

/** A file that was opened to read, and how. */
export interface Opened {
  readonly db: DatabaseSync;
  readonly reads: FileReads;
  readonly way: Way;
}

/** How a file is read now; `mark` changes with the file. */
export interface Way {
  readonly use: Use;
  readonly mark: string;
}

function wayToRead(file: string): Way {
  const found = stateOf(file);
  if (found === undefined) throw unreadable(file, 'it does not exist');
  const log = stateOf(`${file}-wal`);
  const use = log === undefined || log.size === 0 ? 'still' : 'live';
  return { use, mark: use === 'still' ? found.mark : '' };
}

/** SQLite's sharing keeps a `live` connection current; a `still` one only while nobody writes. */
export function isCurrent(way: Way, file: string): boolean {
  if (way.use === 'live') return true;
  const now = wayToRead(file);
  return now.use === way.use && now.mark === way.mark;
}

/** Opens the journal at an absolute path as it can be read now. @throws as `openFileReader`. */
export function openToRead(file: string): Opened {
  for (;;) {
    const way = wayToRead(file);
    const db = connect(file, way.use);
    try {
      if (inspect(db, file) === 'empty') {
        throw troupeError('JOURNAL_FOREIGN', { path: file, found: 'it is an empty file' });
      }
      // What an older version wrote has other views, and stays as it is.
      lendViews(db);
      return { db, reads: fileReads(db), way };
    } catch (error) {
      db.close();
      if (isCurrent(way, file)) throw error;
    }
  }
}
