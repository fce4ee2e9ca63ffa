/**
 * The tables of a journal file, format 2. Format 1 had the same tables and fewer indexes.
 *
 * Made for the commit: integer keys, no index on the history, what changes often apart from what
 * is written once. A file is ours when it bears our application id and exactly these tables; its
 * format version is `user_version`. Every table is STRICT: SQLite itself guards the types.
 */
import type { DatabaseSync } from 'node:sqlite';
import { troupeError } from '../../protocol/index.ts';
import { fieldsHash } from '../chain.ts';
import { numberIn, readable, type SqlRow, sqliteCode, sqliteCodes, textIn } from './connection.ts';
import { damageTold } from './disk/damage.ts';
import { renewViews, views } from './views.ts';

/** The format that this version writes. */
export const formatVersion = 2;

/** Marks our files in SQLite's header: `Trpe`. */
export const applicationId = 0x54727065;

const tables: Readonly<Record<string, string>> = {
  meta: `CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  history: `CREATE TABLE history(
  seq INTEGER PRIMARY KEY, actor INTEGER NOT NULL, previous INTEGER NOT NULL, at INTEGER NOT NULL,
  type TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL
) STRICT`,
  actor_records: `CREATE TABLE actor_records(
  actor INTEGER PRIMARY KEY, address TEXT NOT NULL, kind TEXT NOT NULL, definition TEXT NOT NULL,
  version TEXT NOT NULL, structure TEXT NOT NULL, generation INTEGER NOT NULL, parent TEXT NOT NULL,
  status TEXT NOT NULL, active INTEGER NOT NULL, done INTEGER NOT NULL, parked TEXT NOT NULL,
  last INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  hash TEXT NOT NULL, watchers TEXT NOT NULL, snapshot TEXT NOT NULL
) STRICT`,
  actor_addresses: 'CREATE UNIQUE INDEX actor_addresses ON actor_records(address)',
  living_actors: 'CREATE INDEX living_actors ON actor_records(actor) WHERE done = 0',
  actor_inputs: `CREATE TABLE actor_inputs(
  actor INTEGER PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL
) STRICT`,
  mail_records: `CREATE TABLE mail_records(
  mail INTEGER PRIMARY KEY, actor INTEGER NOT NULL, lane INTEGER NOT NULL, gated INTEGER NOT NULL,
  key TEXT NOT NULL, expires_at INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL
) STRICT`,
  step_records: `CREATE TABLE step_records(
  actor INTEGER NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL, hash TEXT NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY(actor, step)
) STRICT, WITHOUT ROWID`,
  timer_records: `CREATE TABLE timer_records(
  actor INTEGER NOT NULL, timer TEXT NOT NULL, generation INTEGER NOT NULL,
  arming INTEGER NOT NULL, due INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(actor, timer)
) STRICT, WITHOUT ROWID`,
  letter_records: `CREATE TABLE letter_records(
  letter INTEGER PRIMARY KEY, at INTEGER NOT NULL, recipient TEXT NOT NULL, type TEXT NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL
) STRICT`,
};

/** What format 2 has beyond format 1: recovery reads only what has something to do. */
export const indexes: Readonly<Record<string, string>> = {
  active_actors: 'CREATE INDEX active_actors ON actor_records(actor) WHERE active = 1',
  parked_actors: "CREATE INDEX parked_actors ON actor_records(actor) WHERE parked <> ''",
  mail_by_actor: 'CREATE INDEX mail_by_actor ON mail_records(actor)',
  timers_by_due: 'CREATE INDEX timers_by_due ON timer_records(due, arming)',
  ended_roots: `CREATE INDEX ended_roots ON actor_records(last)
WHERE done = 1 AND parent = '' AND kind <> 'handoff'`,
};

const formats: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: tables,
  [formatVersion]: { ...tables, ...indexes },
};

/** What a file holds: nothing yet, a journal of this format, or one of an older format. */
export type Content = 'empty' | 'journal' | 'older';

/**
 * Looks whether a file is a journal, before anything is written to it.
 * @throws TroupeError `JOURNAL_FOREIGN`, `JOURNAL_VERSION`, `JOURNAL_UNREADABLE`,
 *   `JOURNAL_DAMAGED`.
 */
export function inspect(db: DatabaseSync, path: string): Content {
  const foreign = (found: string) => troupeError('JOURNAL_FOREIGN', { path, found });
  const objects = readable(path, () => {
    try {
      return db.prepare('SELECT type, name, sql FROM sqlite_schema').all();
    } catch (error) {
      if (sqliteCode(error) !== sqliteCodes.notDatabase) throw error;
      throw damageTold(path, error) ?? foreign('it is no SQLite file');
    }
  });
  const id = numberIn(db.prepare('PRAGMA application_id').get(), 'application_id');
  const version = numberIn(db.prepare('PRAGMA user_version').get(), 'user_version');
  if (id === 0 && version === 0 && objects.length === 0) return 'empty';
  if (id !== applicationId) throw foreign('it is an SQLite file of another program');
  if (version > formatVersion) {
    throw troupeError('JOURNAL_VERSION', { path, version, known: formatVersion });
  }
  if (!hasOurTables(objects, formats[version])) {
    throw foreign(`its tables are not those of format ${version}`);
  }
  return version === formatVersion ? 'journal' : 'older';
}

function hasOurTables(
  objects: readonly SqlRow[],
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  if (wanted === undefined || objects.some((object) => object.type === 'trigger')) return false;
  const found = new Map(objects.map((object) => [object.name, object.sql]));
  return Object.entries(wanted).every(([name, sql]) => found.get(name) === sql);
}

/** Makes the tables and views of a new journal in one transaction. */
export function createSchema(db: DatabaseSync, workspace: string, at: number | undefined): void {
  db.exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${formatVersion};
${[...Object.values(tables), ...Object.values(indexes), ''].join(';\n')}`);
  const note = db.prepare('INSERT INTO meta(key, value) VALUES (?, ?)');
  note.run('workspace', workspace);
  const now = "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now";
  note.run('created_at', String(at ?? numberIn(db.prepare(now).get(), 'now')));
  renewViews(db);
  noteSelf(db);
  db.exec('COMMIT');
}

/** Makes views that are missing or differ, in one transaction with the note of it. */
export function renewSelf(db: DatabaseSync): void {
  const rows = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all();
  const found = new Map(rows.map((row) => [row.name, row.sql]));
  if (Object.entries(views).every(([name, { sql }]) => found.get(name) === sql)) return;
  db.exec('BEGIN IMMEDIATE');
  renewViews(db);
  noteSelf(db);
  db.exec('COMMIT');
}

/**
 * Notes in `meta` the hash of what a file says of itself: its format, tables, indexes, views and
 * `meta`. To be called in the very transaction that changes any of them.
 */
export function noteSelf(db: DatabaseSync): void {
  const note = 'INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = ?2';
  db.prepare(note).run('hash', selfHash(db));
}

/** @throws TroupeError `JOURNAL_DAMAGED` when what a file says of itself is not what was noted. */
export function checkSelf(db: DatabaseSync, path: string): void {
  if (isSelfNoted(db)) return;
  const problem = 'its tables, views or meta are not what its writer noted of them';
  throw troupeError('JOURNAL_DAMAGED', { path, table: 'meta', key: 'hash', problem });
}

/** Whether what a file says of itself is what was noted. */
export function isSelfNoted(db: DatabaseSync): boolean {
  const noted = db.prepare("SELECT value FROM meta WHERE key = 'hash'").get();
  return noted?.value === selfHash(db);
}

function selfHash(db: DatabaseSync): string {
  const all = (sql: string): SqlRow[] => db.prepare(sql).all();
  return fieldsHash(
    JSON.stringify([
      all('PRAGMA application_id'),
      all('PRAGMA user_version'),
      all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name'),
      all("SELECT key, value FROM meta WHERE key <> 'hash' ORDER BY key"),
    ]),
  );
}

/** The workspace that a journal was created for. */
export const workspaceOf = (db: DatabaseSync): string =>
  textIn(db.prepare("SELECT value FROM meta WHERE key = 'workspace'").get(), 'value');
