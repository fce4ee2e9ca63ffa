/**
 * Staging a snapshot: it is copied beside the journal and verified there as a whole, so that what
 * takes the journal's place is what was verified, whatever happens to the snapshot meanwhile.
 */
import { existsSync, rmSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { isTroupeError, troupeError } from '../../protocol/index.ts';
import { connect, locate, sqliteCode } from '../sqlite/connection.ts';
import { readOnce } from '../sqlite/reader.ts';
import { workspaceOf } from '../sqlite/schema.ts';
import { examined } from './examining.ts';
import { type Marks, marksIn, unmark } from './marks.ts';
import { isSameFile, unwritable } from './place.ts';

/** What a snapshot is held against. */
export interface StageOptions {
  /** Absolute path of the copy. */
  readonly staging: string;
  /** Path of the journal that it will replace. */
  readonly journal: string;
  readonly workspace: string;
  readonly now: () => number;
}

/** A snapshot that was verified, ready to take the place of a journal. */
export interface Staged {
  /** The snapshot's absolute path. */
  readonly snapshot: string;
  readonly takenAt: number;
  readonly seq: number;
}

/** Copies, verifies and unmarks the snapshot at `path`; see `stageSnapshot`. */
export async function stage(path: string, options: StageOptions): Promise<Staged> {
  const snapshot = placeOf(path);
  if (isSameFile(snapshot, options.journal)) throw foreign(snapshot, 'it is the journal itself');
  if (stagingFiles(options.staging).some((file) => isSameFile(snapshot, file))) {
    const reason = 'its name is that of the copy which a restore makes; rename it';
    throw troupeError('SNAPSHOT_UNREADABLE', { path: snapshot, reason });
  }
  looked(snapshot, snapshot, options.workspace);
  unstage(options.staging);
  try {
    await copied(snapshot, options.staging);
    const marks = looked(options.staging, snapshot, options.workspace);
    const problem = await examined(options.staging);
    if (problem !== undefined) throw troupeError('SNAPSHOT_DAMAGED', { path: snapshot, problem });
    makeJournal(options.staging, marks, options.now());
    return { snapshot, takenAt: marks.takenAt, seq: marks.head.seq };
  } catch (error) {
    unstage(options.staging);
    throw error;
  }
}

/** Removes a copy. */
export function unstage(staging: string): void {
  for (const file of stagingFiles(staging)) rmSync(file, { force: true });
}

const stagingFiles = (staging: string): string[] =>
  ['', '-journal', '-wal', '-shm'].map((end) => `${staging}${end}`);

function placeOf(path: string): string {
  const where = typeof path === 'string' ? path : String(path);
  const snapshot = told(where, () => locate(where));
  if (existsSync(snapshot)) return snapshot;
  throw troupeError('SNAPSHOT_UNREADABLE', { path: snapshot, reason: 'it does not exist' });
}

/** A full disk is the journal's trouble, not the snapshot's. */
async function copied(snapshot: string, staging: string): Promise<void> {
  try {
    await copyFile(snapshot, staging);
    await chmod(staging, 0o600);
  } catch (error) {
    throw unwritable(staging, error);
  }
}

/** Its marks, when it is a snapshot that fits here. */
function looked(file: string, snapshot: string, wanted: string): Marks {
  return told(snapshot, () =>
    readOnce(file, (db) => {
      const marks = marksIn(db);
      if (marks === undefined) throw foreign(snapshot, 'it is a journal that can be in use');
      const workspace = workspaceOf(db);
      if (workspace === wanted) return marks;
      throw troupeError('SNAPSHOT_WORKSPACE', { path: snapshot, workspace, wanted });
    }),
  );
}

function makeJournal(staging: string, marks: Marks, at: number): void {
  const db = connect(staging, 'own');
  try {
    db.exec('BEGIN IMMEDIATE');
    unmark(db, marks, at);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

const foreign = (path: string, found: string) => troupeError('SNAPSHOT_FOREIGN', { path, found });

/** SQLite's primary result codes of a damaged file: corrupt, and pages that can't be read. */
const damageCodes: readonly number[] = [11, 10];

/** Errors of a journal are told as those of a snapshot. */
function told<Found>(path: string, look: () => Found): Found {
  try {
    return look();
  } catch (error) {
    if (isTroupeError(error, 'JOURNAL_FOREIGN')) throw foreign(path, error.data.found);
    if (isTroupeError(error, 'JOURNAL_VERSION')) {
      const { version, known } = error.data;
      throw troupeError('SNAPSHOT_NEWER', { path, version, known }, error);
    }
    if (isTroupeError(error, 'JOURNAL_DAMAGED')) {
      throw troupeError('SNAPSHOT_DAMAGED', { path, problem: error.data.problem }, error);
    }
    if (isTroupeError(error, 'JOURNAL_UNREADABLE')) {
      const { reason } = error.data;
      if (damageCodes.includes(sqliteCode(error.cause) ?? 0)) {
        throw troupeError('SNAPSHOT_DAMAGED', { path, problem: reason }, error);
      }
      throw troupeError('SNAPSHOT_UNREADABLE', { path, reason }, error);
    }
    throw error;
  }
}
