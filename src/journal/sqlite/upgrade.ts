/**
 * Upgrades: a journal of an older format is brought to the newest, one format after the other.
 *
 * Before anything is changed a copy is made beside it, whole or not at all: it is written under
 * another name, synced, and gets its own name last. Each step is one transaction, which also notes
 * the new format, so that an end in the middle leaves a whole journal of one format.
 */
import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { said, troupeError } from '../../protocol/index.ts';
import { isFull } from '../trouble/index.ts';
import { createPrivate, numberIn } from './connection.ts';
import { formatVersion, indexes, noteSelf } from './schema.ts';

/** Brings a journal from one format to the next, inside of a transaction. */
export type FormatStep = (db: DatabaseSync) => void;

/** By the format that they start from. */
const steps: Readonly<Record<number, FormatStep>> = {
  1: (db) => db.exec(Object.values(indexes).join(';\n')),
};

/** What was done. */
export interface Upgrade {
  readonly from: number;
  readonly to: number;
  /** Path of the copy that was taken before. */
  readonly copy: string;
}

/**
 * Brings the journal in a file, which this process owns, to the newest format.
 * @param how the steps; a test passes its own.
 * @throws TroupeError `JOURNAL_UPGRADE`: it is as it was before the step that failed.
 */
export function upgrade(db: DatabaseSync, file: string, how = steps): Upgrade {
  const from = formatOf(db);
  let reached = from;
  try {
    const copy = copyBefore(db, file, from);
    for (let step = how[from]; step !== undefined; step = how[reached]) {
      reached = stepTo(db, reached + 1, step);
    }
    return { from, to: reached, copy };
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const reason = isFull(error)
      ? 'there is no room for the copy that is taken before'
      : said(error);
    const data = { path: file, version: reached, known: formatVersion, reason };
    throw troupeError('JOURNAL_UPGRADE', data, error);
  }
}

function stepTo(db: DatabaseSync, format: number, step: FormatStep): number {
  db.exec('BEGIN IMMEDIATE');
  step(db);
  db.exec(`PRAGMA user_version = ${format}`);
  noteSelf(db);
  db.exec('COMMIT');
  return format;
}

const formatOf = (db: DatabaseSync): number =>
  numberIn(db.prepare('PRAGMA user_version').get(), 'user_version');

/** Copies a journal with all that its log holds; gives the path of the copy. */
function copyBefore(db: DatabaseSync, file: string, format: number): string {
  const begun = `${file}.format-${format}.part`;
  // What an end in the middle of an earlier copy left.
  rmSync(begun, { force: true });
  try {
    createPrivate(begun);
    db.prepare('VACUUM INTO ?').run(begun);
    synced(begun);
    const copy = named(begun, `${file}.format-${format}`);
    synced(dirname(file));
    return copy;
  } finally {
    rmSync(begun, { force: true });
  }
}

/** Gives a file a second name that no other has. */
function named(begun: string, base: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${base}.db` : `${base}-${number}.db`;
    try {
      linkSync(begun, name);
      return name;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function synced(path: string): void {
  const open = openSync(path, 'r');
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}
