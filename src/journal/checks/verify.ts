/**
 * Verifies a journal: the seal, the chain and its head, every row, what rows refer to, what the
 * file says of itself, and SQLite's own structure. It reads only, also while an owner runs, one
 * piece after the other and one row in memory, but for SQLite's check, which is one long read.
 */
import type { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../clock/index.ts';
import { isTroupeError } from '../../protocol/index.ts';
import { type ChainHead, chainStart } from '../chain.ts';
import { locate, stateOf, unreadable } from '../sqlite/connection.ts';
import { isCurrent, type Opened, openToRead } from '../sqlite/reader.ts';
import { isSelfNoted } from '../sqlite/schema.ts';
import {
  Findings,
  type Progress,
  type SealState,
  type Verification,
  type VerifyOptions,
} from './findings.ts';
import { type FoundHead, readHead } from './head.ts';
import { sound } from './rows.ts';
import { digestOf, isClosed, isSeal, sealedBytes } from './seal.ts';
import { anchorIn, walkHistory, walkRecords } from './tables.ts';

/** Verifies the journal at `path`, and lets other work go on in between; see `verifyJournal`. */
export async function verifyFile(path: string, options: VerifyOptions): Promise<Verification> {
  const steps = verification(path);
  const clock = systemClock();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    options.onProgress?.(value);
    await new Promise<void>((resolve) => clock.after(0, resolve));
  }
}

/** Verifies the journal at `path` at once. */
export function verifyNow(path: string): Verification {
  const steps = verification(path);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function* verification(path: string): Generator<Progress, Verification> {
  const file = locate(path);
  if (stateOf(file) === undefined) throw unreadable(file, 'it does not exist');
  for (;;) {
    const found = readHead(file);
    const findings = new Findings();
    const seal = yield* verifySeal(file, found, findings);
    const result = yield* verifyOpen(file, found, findings);
    if (result === undefined) continue;
    if (seal === 'broken' && findings.count === 0) {
      findings.add('file', 'bytes', 'they are not those of the file that was closed in order');
    }
    const { problems, count, cut, rows, records } = findings;
    const notes = notesOf(found, seal);
    const ok = count === 0;
    return { path: file, ok, count, problems, cut, rows, records, ...result, seal, notes };
  }
}

/** Holds the bytes of the file against the seal. */
function* verifySeal(
  file: string,
  found: FoundHead,
  findings: Findings,
): Generator<Progress, SealState> {
  if (found.state !== 'found') {
    const isDamaged = found.state === 'damaged';
    if (isDamaged) findings.add('head', 'file', 'none of its two records can be read');
    return 'none';
  }
  if (!found.isWhole) findings.add('head', 'file', 'it is not as it was written');
  const { seal } = found.head;
  if (!isSeal(seal)) return seal === 'large' || seal === 'shared' ? seal : 'open';
  let state: SealState = 'broken';
  if (isClosed(file) && stateOf(file)?.size === sealedBytes(seal)) {
    for (const { bytes, digest } of digestOf(file)) {
      if (digest !== undefined && `${digest}:${bytes}` === seal) state = 'intact';
      yield { what: 'seal', rows: 0 };
    }
  } else if (stateOf(`${file}-wal`)?.size === 0) state = 'shared';
  const now = readHead(file);
  return now.state === 'found' && now.head.seal === seal ? state : 'open';
}

type Ends = Pick<Verification, 'anchor' | 'last'>;

/** Undefined when an owner came or went meanwhile: all of it has to be repeated. */
function* verifyOpen(
  file: string,
  found: FoundHead,
  findings: Findings,
): Generator<Progress, Ends | undefined> {
  let opened: Opened;
  try {
    opened = sound(file, () => openToRead(file));
  } catch (error) {
    // Without a head nothing says that what is foreign was a journal.
    const isDamage = isTroupeError(error, 'JOURNAL_DAMAGED');
    if (!isDamage && (found.state === 'missing' || !isTroupeError(error))) throw error;
    findings.addError('file', 'header', error);
    return { anchor: 0, last: 0 };
  }
  const { db, way } = opened;
  try {
    const ends = yield* verifyTables(db, file, found, findings);
    return isCurrent(way, file) ? ends : undefined;
  } finally {
    db.close();
  }
}

function* verifyTables(
  db: DatabaseSync,
  file: string,
  found: FoundHead,
  findings: Findings,
): Generator<Progress, Ends> {
  const head: ChainHead = found.state === 'found' ? found.head : chainStart;
  const read = <Value>(what: string, from: () => Value, otherwise: Value): Value => {
    try {
      return sound(file, from);
    } catch (error) {
      findings.addError('file', what, error);
      return otherwise;
    }
  };
  const anchor = read('meta', () => anchorIn(db).seq, 0);
  const before = findings.count;
  const last = (yield* walkHistory(db, file, head, findings)).seq;
  // When a page of it can't be read, how far it goes is not known.
  if (last < head.seq && findings.count === before) {
    findings.cut = { row: last, head: head.seq };
    findings.add('history', last + 1, `it is cut off: the head names row ${head.seq} as the last`);
  }
  yield* walkRecords(db, file, findings);
  if (!read('meta', () => isOldest(db) || isSelfNoted(db), true)) {
    findings.add('meta', 'hash', 'tables, views or meta are not what their writer noted of them');
  }
  yield { what: 'pages', rows: findings.rows + findings.records };
  for (const row of read('pages', () => db.prepare('PRAGMA integrity_check').all(), [])) {
    const said = String(Object.values(row)[0]);
    if (said !== 'ok') findings.add('file', 'pages', said.replaceAll('\n', ' '));
  }
  return { anchor, last };
}

/** The first format had no note of itself. */
const isOldest = (db: DatabaseSync): boolean =>
  db.prepare('PRAGMA user_version').get()?.user_version === 1;

function notesOf(found: FoundHead, seal: SealState): string[] {
  const rest = 'What no row covers, such as free space, is not verified.';
  if (found.state === 'missing') {
    return ['There is no head file: rows that were cut off at the end are not seen.', rest];
  }
  if (seal === 'open') return [`It is in use, or was not closed in order. ${rest}`];
  if (seal === 'large') return [`It was too large to be sealed. ${rest}`];
  if (seal === 'shared') return [`A reader was on it when it was closed. ${rest}`];
  return [];
}
