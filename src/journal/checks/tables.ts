/**
 * Verifies the tables of a journal row by row: the chain of the history, the hash of every other
 * row, and that what a row refers to is there. Each piece is one short read, one row in memory.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type ChainHead, chainStart } from '../chain.ts';
import { numberIn, type SqlRow, textIn } from '../sqlite/connection.ts';
import type { Findings, Progress } from './findings.ts';
import { type CheckedRows, checkedRows, damaged, recordColumns } from './rows.ts';

/** Rows of one read. */
const pieceRows = 5_000;

type Key = readonly (string | number)[];

interface Walk {
  readonly table: string;
  /** The columns of its key; the statement takes their values, then the number of rows. */
  readonly keys: readonly string[];
  readonly first: Key;
  readonly sql: string;
  /** @throws TroupeError `JOURNAL_DAMAGED`. */
  readonly check: (row: SqlRow) => void;
  /** What it means when the column `sound` is 0. */
  readonly unsound: string;
}

/** Goes through a table piece by piece and collects what does not fit. */
function* walk(db: DatabaseSync, path: string, way: Walk, findings: Findings): Generator<Progress> {
  let after = way.first;
  for (;;) {
    let count = 0;
    try {
      for (const row of db.prepare(way.sql).iterate(...after, pieceRows)) {
        const key = keyOf(way, row);
        if (!isAbove(key, after)) {
          throw damaged(path, way.table, key.join(' '), 'it is not in order');
        }
        after = key;
        count += 1;
        checkOne(way, row, findings);
      }
    } catch (error) {
      // What lies behind a damaged page can't be reached by this way.
      findings.addError(way.table, `after ${after.join(' ')}`, error);
      return;
    }
    yield { what: way.table, rows: findings.rows + findings.records };
    if (count < pieceRows) return;
  }
}

function checkOne(way: Walk, row: SqlRow, findings: Findings): void {
  const key = keyOf(way, row).join(' ');
  try {
    way.check(row);
  } catch (error) {
    findings.addError(way.table, key, error);
  }
  if (row.sound === 0) findings.add(way.table, key, way.unsound);
  if (way.table === 'history') findings.rows += 1;
  else findings.records += 1;
}

const keyOf = (way: Walk, row: SqlRow): Key =>
  way.keys.map((column) => {
    const value = row[column];
    return typeof value === 'number' || typeof value === 'string' ? value : String(value);
  });

/** Texts are ordered by SQLite in another way than here: only their equality is looked at. */
function isAbove([a, b = '']: Key, [c, d = '']: Key): boolean {
  const [key, before] = [Number(a), Number(c)];
  return key > before || (key === before && b !== d);
}

const lowest = Number.MIN_SAFE_INTEGER;

/** Where a history that was cut begins, as an SQL expression. */
const anchorSeq =
  "CAST(coalesce((SELECT value FROM meta WHERE key = 'anchor_seq'), '0') AS INTEGER)";

/** Where the history of a file begins. */
export function anchorIn(db: DatabaseSync): ChainHead {
  const sql = `SELECT ${anchorSeq} AS seq,
    coalesce((SELECT value FROM meta WHERE key = 'anchor_hash'), '') AS hash`;
  const row = db.prepare(sql).get();
  return { seq: numberIn(row, 'seq'), hash: textIn(row, 'hash') };
}

/** Verifies the chain; the result is its last row. `head` is a row that must be in it. */
export function* walkHistory(
  db: DatabaseSync,
  path: string,
  head: ChainHead,
  findings: Findings,
): Generator<Progress, ChainHead> {
  const { toRow } = checkedRows(path);
  let last: ChainHead = chainStart;
  const begin = anchorIn(db);
  if (begin.seq === head.seq && begin.hash !== head.hash) {
    findings.add('meta', 'anchor_hash', 'is not the row that the head names');
  }
  last = begin;
  const check = (row: SqlRow): void => {
    const seq = numberIn(row, 'seq');
    if (seq !== last.seq + 1) last = gap(seq);
    const before = last.seq === seq - 1 ? last.hash : undefined;
    last = { seq, hash: String(row.hash) };
    if (seq === head.seq && row.hash !== head.hash) {
      findings.add('history', seq, 'it is not the row that the head names');
    }
    if (before !== undefined) toRow({ ...row, before });
  };
  const gap = (seq: number): ChainHead => {
    // The owner may have cut more of it meanwhile.
    const anchor = anchorIn(db);
    if (anchor.seq >= seq - 1) return anchor;
    findings.add('history', Math.max(last.seq, anchor.seq) + 1, 'it is missing');
    return last;
  };
  yield* walk(db, path, { ...historyWalk, first: [last.seq], check }, findings);
  const anchor = anchorIn(db);
  return last.seq < anchor.seq ? anchor : last;
}

/** The highest number of an actor that retention has dropped; its rows may be there still. */
const droppedActor = `coalesce((SELECT CAST(value AS INTEGER) FROM meta
    WHERE key = 'actor_dropped'), 0)`;

const historyWalk = {
  table: 'history',
  keys: ['seq'],
  sql: `SELECT h.*, ${anchorSeq} > 0 OR h.actor <= ${droppedActor} OR EXISTS (
    SELECT 1 FROM actor_records a WHERE a.actor = h.actor) AS sound
    FROM history h WHERE h.seq > ? ORDER BY h.seq LIMIT ?`,
  unsound: 'its actor has no record',
} as const;

/** Verifies all other tables. */
export function* walkRecords(
  db: DatabaseSync,
  path: string,
  findings: Findings,
): Generator<Progress> {
  for (const way of walksOf(checkedRows(path))) yield* walk(db, path, way, findings);
}

function walksOf(rows: CheckedRows): Walk[] {
  const ofActor = '(SELECT 1 FROM actor_records a WHERE a.actor = t.actor)';
  const unsound = 'its actor has no record';
  return [
    {
      table: 'actor_records',
      keys: ['actor'],
      first: [lowest],
      sql: `SELECT a.last = 0 OR a.last <= ${anchorSeq} OR EXISTS (
        SELECT 1 FROM history h WHERE h.seq = a.last AND h.actor = a.actor) AS sound,
        ${recordColumns} WHERE a.actor > ? ORDER BY a.actor LIMIT ?`,
      check: rows.toRecord,
      unsound: 'its last row is not in the history',
    },
    ...(
      [
        ['actor_inputs', ['actor'], () => undefined],
        ['mail_records', ['mail'], rows.toMail],
        ['step_records', ['actor', 'step'], rows.toStep],
        ['timer_records', ['actor', 'timer'], rows.toTimer],
        ['letter_records', ['letter'], rows.toLetter],
      ] as const
    ).map(([table, keys, check]): Walk => {
      const names = keys.map((key) => `t.${key}`).join(', ');
      const sound = table === 'letter_records' ? '1' : `EXISTS ${ofActor}`;
      const sql = `SELECT t.*, ${sound} AS sound FROM ${table} t
        WHERE (${names}) > (${keys.map(() => '?').join(', ')}) ORDER BY ${names} LIMIT ?`;
      return { table, keys, first: keys.length > 1 ? [lowest, ''] : [lowest], sql, check, unsound };
    }),
  ];
}
