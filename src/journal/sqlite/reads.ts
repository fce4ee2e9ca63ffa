/**
 * The reads of the contract on an open SQLite file, and its views as plain rows.
 * Each read is one statement, so one consistent moment, and one short transaction.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { troupeError } from '../../protocol/index.ts';
import { checkedRows, damaged, historyColumns, recordColumns, sound } from '../checks/rows.ts';
import type { ViewFilter, ViewName, ViewRow } from '../file-reader.ts';
import {
  type ActorFilter,
  type Anchor,
  armingsOfRow,
  byArming,
  byRecording,
  type Heads,
  type JournalReads,
  type JournalRow,
} from '../journal.ts';
import { numberIn, type SqlRow, stateOf, textIn } from './connection.ts';
import { views } from './views.ts';

/** The reads of the contract, and those of the views. */
export interface FileReads extends JournalReads {
  view(name: ViewName, filter: ViewFilter): ViewRow[];
  count(name: ViewName): number;
}

const record = `SELECT ${recordColumns}`;

type Given = readonly (string | number)[];

/** Statements of an open file, prepared when first used. */
function statements(db: DatabaseSync, path: string) {
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const found = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, found);
    return found;
  };
  const all = (sql: string, ...given: Given): SqlRow[] =>
    sound(path, () => statement(sql).all(...given));
  const one = <Item>(
    toItem: (row: SqlRow) => Item,
    sql: string,
    ...given: Given
  ): Item | undefined => {
    const found = sound(path, () => statement(sql).get(...given));
    return found === undefined ? undefined : toItem(found);
  };
  return { statement, all, one };
}

/** The reads of an open file. */
export function fileReads(db: DatabaseSync): FileReads {
  const path = db.location() ?? '';
  const { toRow, toRecord, toMail, toStep, toTimer, toLetter } = checkedRows(path);
  const { statement, all, one } = statements(db, path);
  const anchor = (): Anchor => toAnchor(statement(anchorQuery).get());
  return {
    heads: () => toHeads(statement(headsQuery).get()),
    byAddress: (address) => one(toRecord, `${record} WHERE address = ?`, address),
    byNumber: (actor) => one(toRecord, `${record} WHERE a.actor = ?`, actor),
    actors(filter) {
      const { conditions, given } = toConditions(filter);
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const order = filter.newest === true ? 'DESC' : 'ASC';
      const sql = `${record} ${where} ORDER BY a.actor ${order} LIMIT ?`;
      const found = all(sql, ...given, toLimit(filter.limit)).map(toRecord);
      return filter.newest === true ? found.reverse() : found;
    },
    waiting: () => all('SELECT * FROM mail_records ORDER BY mail').map(toMail),
    mailOf: (actor) =>
      all('SELECT * FROM mail_records WHERE actor = ? ORDER BY mail', actor).map(toMail),
    timers: () => all('SELECT * FROM timer_records').map(toTimer).sort(byArming),
    timersOf: (actor) =>
      all('SELECT * FROM timer_records WHERE actor = ?', actor).map(toTimer).sort(byArming),
    timersBetween: (since, until) =>
      all('SELECT * FROM timer_records WHERE due >= ? AND due < ?', since, until)
        .map(toTimer)
        .sort(byArming),
    dueAfter: (since, limit) =>
      one(({ due }) => Number(due), dueQuery, since, Math.max(0, limit - 1)),
    busy: (above, limit) =>
      all(busyQuery, above, above, toLimit(limit)).map((row) => numberIn(row, 'actor')),
    steps: (actor) =>
      all('SELECT * FROM step_records WHERE actor = ?', actor).map(toStep).sort(byRecording),
    step: (actor, step) =>
      one(toStep, 'SELECT * FROM step_records WHERE actor = ? AND step = ?', actor, step),
    history(actor, since) {
      // In this order an owner that goes on meanwhile makes no row look lost.
      const last = one((row) => numberIn(row, 'last'), lastQuery, actor) ?? 0;
      const rows = all(historyQuery, actor, since, since).map(toRow);
      checkWalk(path, rows, { last, since: Math.max(since, anchor().seq) });
      return rows;
    },
    rows: (since, limit) =>
      all(
        `SELECT ${historyColumns} FROM history h WHERE h.seq > ? ORDER BY h.seq LIMIT ?`,
        since,
        toLimit(limit),
      ).map(toRow),
    anchor,
    extent() {
      const { seq: cut } = toAnchor(statement(anchorQuery).get());
      const { seq } = toHeads(statement(headsQuery).get());
      return { rows: Math.max(0, seq - cut), cut, ...bytesOf(db) };
    },
    deadLetters: (limit, before = Number.MAX_SAFE_INTEGER) =>
      all(lettersQuery, before, toLimit(limit)).map(toLetter).reverse(),
    ...viewReads(all),
  };
}

const lettersQuery = 'SELECT * FROM letter_records WHERE letter < ? ORDER BY letter DESC LIMIT ?';

const lastQuery = 'SELECT last FROM actor_records WHERE actor = ?';

const dueQuery =
  'SELECT due FROM timer_records WHERE due >= ? ORDER BY due, arming LIMIT 1 OFFSET ?';

const busyQuery = `SELECT actor FROM actor_records WHERE active = 1 AND actor > ?
UNION SELECT actor FROM mail_records m WHERE actor > ?
  AND EXISTS (SELECT 1 FROM actor_records a WHERE a.actor = m.actor AND done = 0)
ORDER BY actor LIMIT ?`;

/** The reads of the views. */
function viewReads(
  all: (sql: string, ...given: Given) => SqlRow[],
): Pick<FileReads, 'view' | 'count'> {
  return {
    view(name, filter) {
      const columns = Object.keys(filter.where ?? {});
      for (const column of columns) checkColumn(name, column);
      const where = columns.map((column) => `${column} = ?`).join(' AND ') || 'true';
      const values = Object.values(filter.where ?? {});
      const sql = `SELECT * FROM ${name} WHERE ${where} LIMIT ?`;
      return all(sql, ...values, toLimit(filter.limit)).map(toViewRow);
    },
    count: (name) => Number(all(`SELECT count(*) AS n FROM ${name}`)[0]?.n),
  };
}

/** Sizes of the file and of its log, as the file system tells them. */
function bytesOf(db: DatabaseSync): { readonly fileBytes: number; readonly logBytes: number } {
  const file = db.location() ?? '';
  return { fileBytes: stateOf(file)?.size ?? 0, logBytes: stateOf(`${file}-wal`)?.size ?? 0 };
}

const anchorQuery = `SELECT
  coalesce((SELECT value FROM meta WHERE key = 'anchor_seq'), '0') AS seq,
  coalesce((SELECT value FROM meta WHERE key = 'anchor_hash'), '') AS hash`;

/** A number in `meta`, 0 when there is none: what was cut was numbered up to there. */
const noted = (key: string): string =>
  `coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = '${key}'), 0)`;

const lastRow = `max(${noted('anchor_seq')}, (SELECT coalesce(max(seq), 0) FROM history))`;

const headsQuery = `SELECT
  ${lastRow} AS seq,
  max(${noted('actor_head')}, (SELECT coalesce(max(actor), 0) FROM actor_records)) AS actor,
  (SELECT coalesce(max(mail), 0) FROM mail_records) AS mail,
  max(${noted('letter_head')}, (SELECT coalesce(max(letter), 0) FROM letter_records)) AS letter,
  ${lastRow} * ${armingsOfRow} AS arming`;

/** A row that names itself or a later one as its previous ends the walk: no endless loop. */
const historyQuery = `WITH RECURSIVE back(seq, previous) AS (
  SELECT seq, previous FROM history
  WHERE seq = (SELECT last FROM actor_records WHERE actor = ?) AND seq > ?
  UNION ALL
  SELECT h.seq, h.previous FROM back JOIN history h ON h.seq = back.previous
  WHERE h.seq < back.seq AND h.seq > ?
)
SELECT ${historyColumns} FROM back JOIN history h USING (seq) ORDER BY h.seq`;

/** A walk goes back from an actor's last row without a gap, down to `since`. */
function checkWalk(
  path: string,
  rows: readonly JournalRow[],
  { last, since }: { readonly last: number; readonly since: number },
): void {
  const gone = (seq: number) => damaged(path, 'history', `${seq}`, 'it is gone');
  let before = 0;
  for (const { seq, previous } of rows) {
    const isFirst = before === 0 && previous <= since;
    if (!isFirst && previous !== before) throw gone(previous);
    before = seq;
  }
  if (before < last && last > since) throw gone(last);
}

function toConditions(filter: ActorFilter) {
  const conditions: string[] = [];
  const given: (string | number)[] = [];
  if (filter.above !== undefined) {
    conditions.push('a.actor > ?');
    given.push(filter.above);
  }
  if (filter.below !== undefined) {
    conditions.push('a.actor < ?');
    given.push(filter.below);
  }
  if (filter.statuses !== undefined) {
    conditions.push(`status IN (${filter.statuses.map(() => '?').join(', ')})`);
    given.push(...filter.statuses);
  }
  for (const column of ['kind', 'definition', 'parent'] as const) {
    const wanted = filter[column];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    given.push(wanted);
  }
  if (filter.mentions !== undefined) {
    conditions.push('instr(snapshot, ?) > 0');
    given.push(filter.mentions);
  }
  if (filter.active !== undefined) conditions.push(`active = ${Number(filter.active)}`);
  if (filter.parked !== undefined) conditions.push(`parked ${filter.parked ? '<>' : '='} ''`);
  if (filter.done !== undefined) conditions.push(`done = ${Number(filter.done)}`);
  // Said as a literal, so that SQLite answers from the index of the living.
  else if (filter.active === true || filter.parked === true) conditions.push('done = 0');
  return { conditions, given };
}

/** SQLite takes -1 for no limit, and no infinite number. */
const toLimit = (limit = Number.POSITIVE_INFINITY): number =>
  Number.isFinite(limit) ? Math.max(0, Math.floor(limit)) : -1;

function checkColumn(name: ViewName, column: string): void {
  const columns: readonly string[] = views[name].columns;
  if (columns.includes(column)) return;
  const problem = `is no column (columns: ${columns.join(', ')})`;
  throw troupeError('BAD_OPTION', { where: `view ${name}`, field: column, problem });
}

const toHeads = (row: SqlRow | undefined): Heads => ({
  seq: numberIn(row, 'seq'),
  actor: numberIn(row, 'actor'),
  mail: numberIn(row, 'mail'),
  letter: numberIn(row, 'letter'),
  arming: numberIn(row, 'arming'),
});

const toAnchor = (row: SqlRow | undefined): Anchor => ({
  seq: Number(textIn(row, 'seq')),
  hash: textIn(row, 'hash'),
});

const toViewRow = (row: SqlRow): ViewRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toValue(value)]));

const toValue = (value: SqlRow[string]): string | number | null =>
  typeof value === 'string' || typeof value === 'number' ? value : null;
