/** Saving a snapshot: the whole journal as of one commit, in one file, while its owner goes on. */
import { existsSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Journal } from '../journal.ts';
import { connect } from '../sqlite/connection.ts';
import { readOnce } from '../sqlite/reader.ts';
import { contentOf, writeContent } from './content.ts';
import { contentsOf, headIn, mark, marksIn } from './marks.ts';
import { isSameFile, leave, settle, takePlace, unwritable } from './place.ts';

/** How to save. */
export interface SaveOptions {
  /** The workspace of a journal that has none of its own. */
  readonly workspace: string;
  readonly now: () => number;
  /** Whether an older snapshot at the target is replaced. */
  readonly overwrite: boolean;
}

/** A snapshot that was saved. */
export interface SavedSnapshot {
  /** Its absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** The last row of the history in it. */
  readonly seq: number;
  /** Milliseconds since 1970; it holds all that was acknowledged before. */
  readonly takenAt: number;
}

/** Saves a snapshot of a journal; see `saveSnapshot`. */
export async function save(
  journal: Journal,
  path: string,
  { workspace, now, overwrite }: SaveOptions,
): Promise<SavedSnapshot> {
  checkTarget(journal, path, overwrite);
  const place = takePlace(path, overwrite);
  const takenAt = now();
  try {
    if (journal.copyTo !== undefined) await journal.copyTo(place.draft);
    else await writeContent(contentOf(journal), place.draft, { workspace, at: takenAt });
    const seq = await finish(place.draft, takenAt);
    const { size } = statSync(place.draft);
    await settle(place);
    return { path: place.target, bytes: size, seq, takenAt };
  } catch (error) {
    throw unwritable(place.target, error);
  } finally {
    leave(place);
  }
}

/** Checks that a new snapshot of a journal can be written; see `checkSnapshotPlace`. */
export function checkPlace(journal: Journal, path: string): void {
  checkTarget(journal, path, false);
  leave(takePlace(path, false));
}

/** Marks the draft, and makes it one file without a log. The last row in it. */
async function finish(draft: string, takenAt: number): Promise<number> {
  const db = connect(draft, 'own');
  try {
    db.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE');
    const contents = await contentsOf(db);
    const head = headIn(db);
    db.exec('BEGIN IMMEDIATE');
    mark(db, { takenAt, head, contents });
    db.exec('COMMIT');
    return head.seq;
  } finally {
    db.close();
  }
}

/** Neither the journal nor what lies beside it is written over, nor what is no snapshot. */
function checkTarget({ path: journal }: Journal, path: string, overwrite: boolean): void {
  if (typeof path !== 'string' || path === '') throw unwritable(String(path), 'it is no path');
  const target = resolve(path);
  const isFile = isAbsolute(journal);
  // What begins like the journal is SQLite's or ours, by its name: now, or at the next start.
  const isBeside = target.startsWith(`${journal}-`);
  if (isFile && (target === journal || isBeside || isOwn(journal, target))) {
    throw unwritable(target, 'it is a file of the journal itself');
  }
  if (!overwrite || !existsSync(target)) return;
  if (!isSnapshot(target)) throw unwritable(target, 'the file there is no snapshot');
}

/** Whether a link leads to what belongs to a journal. */
const isOwn = (journal: string, target: string): boolean =>
  ['', '-wal', '-shm', '-lock', '-head'].some((end) => isSameFile(`${journal}${end}`, target));

function isSnapshot(file: string): boolean {
  try {
    return readOnce(file, (db) => marksIn(db) !== undefined);
  } catch {
    return false;
  }
}
