/**
 * What a query may do, decided by SQLite itself: tried on a connection that could write, so that
 * nothing but these checks stands in the way.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../src/journal/index.ts';
import { type Asked, checkQuery } from '../../src/journal/query/asked.ts';
import { answer } from '../../src/journal/query/statement.ts';
import { limits } from '../../src/protocol/index.ts';
import { commit, row, turn } from '../journal/fixtures.ts';
import { errorOf } from '../refusal.ts';

/** A journal with two actors. */
async function made() {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-query-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'team.db');
  const journal = await openJournal(path);
  commit(journal, turn(1));
  commit(journal, turn(2, { actor: 2 }));
  journal.close();
  return path;
}

const path = await made();

/** A connection to a journal with two actors, and one that sees whether anything was changed. */
function opened() {
  const db = new DatabaseSync(path);
  onTestFinished(() => db.close());
  const watch = new DatabaseSync(path);
  onTestFinished(() => watch.close());
  return { db, version: () => watch.prepare('PRAGMA data_version').get()?.data_version };
}

const asked = (sql: string, given: Partial<Asked> = {}): Asked => ({
  sql,
  params: [],
  rowsMax: limits.queryRows,
  ...given,
});

const forbidden = [
  'DELETE FROM actor_records',
  'DELETE FROM actors',
  "INSERT INTO meta VALUES ('a', 'b')",
  "UPDATE history SET body = ''",
  'DROP VIEW tasks',
  'DROP TABLE history',
  'CREATE TABLE x(a)',
  'CREATE TEMP TABLE x AS SELECT 1',
  'CREATE VIEW x AS SELECT 1',
  'ALTER TABLE history RENAME TO x',
  'WITH x AS (SELECT 1) DELETE FROM actor_records',
  'WITH x AS (SELECT 1) INSERT INTO meta SELECT 1, 2 FROM x',
  "ATTACH 'attached.db' AS other",
  'DETACH main',
  "VACUUM INTO 'copied.db'",
  'VACUUM',
  'REINDEX',
  'ANALYZE',
  'BEGIN IMMEDIATE',
  'COMMIT',
  'SAVEPOINT a',
  'PRAGMA journal_mode = DELETE',
  'PRAGMA query_only = 0',
  'PRAGMA user_version',
  'EXPLAIN DELETE FROM actor_records',
  "EXPLAIN ATTACH 'attached.db' AS other",
  'SELECT * FROM actor_records',
  'SELECT body FROM history',
  'SELECT sql FROM sqlite_schema',
  'SELECT name FROM pragma_table_info($$actors$$)'.replaceAll('$$', "'"),
  'SELECT name FROM pragma_database_list',
  'SELECT (SELECT value FROM meta LIMIT 1)',
  'SELECT * FROM (SELECT hash FROM history)',
  'SELECT * FROM (SELECT hash FROM history) AS tasks',
  'WITH tasks AS (SELECT * FROM meta) SELECT * FROM tasks',
  'WITH x AS (SELECT 1), tasks AS (SELECT hash FROM history) SELECT * FROM tasks, x',
  'WITH TASKS(a) AS NOT MATERIALIZED (SELECT value FROM meta) SELECT a FROM tasks',
  'WITH "tasks"(a, "b)") AS MATERIALIZED (SELECT key, value FROM meta) SELECT a FROM tasks',
  'WITH [tasks] AS /* a */ (SELECT sql FROM sqlite_schema) SELECT * FROM tasks',
  "WITH 'tasks' AS -- a\n(SELECT sql FROM sqlite_schema) SELECT * FROM tasks",
  'WITH `actors` AS (SELECT * FROM actor_records) SELECT * FROM actors',
  'SELECT (WITH steps AS (SELECT * FROM meta) SELECT value FROM steps LIMIT 1)',
  'SELECT 1; DELETE FROM actor_records',
  'SELECT 1; SELECT 2',
  'SELECT 1 AS a, 2 AS a',
  '',
  ';',
  '-- SELECT 1',
  'SELECT 1\u0000; DELETE FROM actor_records',
];

test.each(forbidden)('given %s, then it is refused with the views there are', (sql) => {
  const { db, version } = opened();
  const before = version();
  const refused = errorOf(() => answer(db, asked(sql)));
  expect(refused).toMatchObject({ code: 'QUERY_REFUSED' });
  expect(refused.message).toContain('A query reads actors, tasks,');
  expect(version()).toBe(before);
});

test('property: whatever stands around and in it, a statement changes nothing', () => {
  const { db, version } = opened();
  const before = version();
  const space = fc.constantFrom(' ', '\n', '/* ; */', '-- x\n', ';', '\t', '(', ')', '', "'");
  const piece = fc.constantFrom(
    ...forbidden,
    'SELECT 1',
    'WITH x AS (SELECT 1)',
    'EXPLAIN',
    'VALUES (1)',
  );
  const around = fc.array(fc.tuple(space, piece, space), { maxLength: 4 });
  fc.assert(
    fc.property(around, (pieces) => {
      const sql = pieces.flat().join('');
      try {
        answer(db, asked(sql));
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^QUERY_(REFUSED|FAILED)$/) });
      }
      expect(version()).toBe(before);
      expect(db.isTransaction).toBe(false);
    }),
    { numRuns: 300 },
  );
  // The connection itself is as it was: its owner may write again.
  db.exec("BEGIN; INSERT INTO meta VALUES ('a', 'b'); ROLLBACK");
});

const allowed: readonly (readonly [string, readonly unknown[]])[] = [
  ['SELECT count(*) AS n FROM actors', [[2]]],
  ['select address from actors order by address;', [['run/answer/1'], ['run/answer/2']]],
  ['/* a */ -- b\nVALUES (1), (2) ; -- end', [[1], [2]]],
  ["SELECT value FROM json_each('[1,2]')", [[1], [2]]],
  [
    'WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x LIMIT 2) SELECT a FROM x',
    [[1], [2]],
  ],
  ['SELECT 9007199254740993 AS big, 1.5 AS half, NULL AS none', [[9007199254740993n, 1.5, null]]],
  ["SELECT x'00ff' AS bytes", [[new Uint8Array([0, 255])]]],
  ["SELECT 'tasks AS (' AS tasks", [['tasks AS (']]],
  ['WITH x AS (SELECT count(*) AS tasks FROM tasks) SELECT tasks FROM x', [[2]]],
  ['SELECT count(*) AS n FROM tasks t JOIN actors a ON a.address = t.task', [[2]]],
];

test.each(allowed)('given %s, then its rows are given', (sql, rows) => {
  const { db } = opened();
  expect(answer(db, asked(sql)).rows).toEqual(rows);
});

test('given more rows or characters than allowed, then the error says the figure', () => {
  const { db } = opened();
  const sql = 'SELECT address FROM actors';
  expect(answer(db, asked(sql, { rowsMax: 2 })).rows).toHaveLength(2);
  expect(errorOf(() => answer(db, asked(sql, { rowsMax: 1 })))).toMatchObject({
    code: 'QUERY_TOO_LARGE',
    data: { what: 'rows', max: 1 },
  });
  expect(errorOf(() => answer(db, asked('SELECT hex(zeroblob(20000000)) AS x')))).toMatchObject({
    code: 'QUERY_TOO_LARGE',
    data: { what: 'characters', max: limits.queryChars },
  });
});

test("given what SQLite can't do, then its words are those of the error", () => {
  const { db } = opened();
  const wrong = (sql: string) => errorOf(() => answer(db, asked(sql)));
  expect(wrong('SELECT colour FROM tasks')).toMatchObject({
    code: 'QUERY_FAILED',
    data: { reason: 'no such column: colour' },
  });
  expect(wrong('SELECT')).toMatchObject({ data: { reason: 'incomplete input' } });
  expect(wrong("SELECT json_extract('{', '$')")).toMatchObject({
    data: { reason: 'malformed JSON' },
  });
});

test.each([
  [5, 'integer', 5],
  [-7, 'integer', -7],
  [-0, 'integer', 0],
  [2.5, 'real', 2.5],
  [2 ** 53, 'real', 2 ** 53],
  [2n ** 53n, 'integer', 2n ** 53n],
  ['5', 'text', '5'],
  [null, 'null', null],
])('given %s as a parameter, by place or name, then SQL has it as %s', (value, type, back) => {
  const { db } = opened();
  const rows = [[type, back]];
  const byPlace = asked('SELECT typeof(?) AS t, ? AS v', { params: [value, value] });
  expect(answer(db, byPlace).rows).toEqual(rows);
  const byName = asked('SELECT typeof(:v) AS t, :v AS v', { params: { ':v': value } });
  expect(answer(db, byName).rows).toEqual(rows);
});

test('a whole number divides and indexes as an integer', () => {
  const { db } = opened();
  const sql = "SELECT ? / 2 AS half, json_extract('[7, 8]', '$[' || ? || ']') AS second";
  expect(answer(db, asked(sql, { params: [5, 1] })).rows).toEqual([[2, 8]]);
});

const wrongParams: readonly (readonly [string, unknown, string])[] = [
  ['SELECT ? AS a', [], 'params[0]'],
  ['SELECT ? AS a', undefined, 'params[0]'],
  ['SELECT ? AS a', [1, 2], 'params[1]'],
  ['SELECT ? AS a, ? AS b', [1, undefined], 'params[1]'],
  ['SELECT ? AS a', [true], 'params[0]'],
  ['SELECT ? AS a', [Number.NaN], 'params[0]'],
  ['SELECT ? AS a', [2n ** 63n], 'params[0]'],
  ['SELECT ? AS a', [{}], 'params[0]'],
  ['SELECT ? AS a', [new Date()], 'params[0]'],
  ['SELECT ? AS a', { a: 1 }, 'params'],
  ['SELECT :a AS a', [1], 'params'],
  ['SELECT :a AS a', {}, 'params.a'],
  ['SELECT :a AS a', { a: 1, b: 2 }, 'params.b'],
  ['SELECT :a AS a, @a AS b', { a: 1 }, 'sql'],
  ['SELECT :a AS a, ? AS b', [1], 'sql'],
  ['SELECT ?1 AS a', [1], 'sql'],
  ['SELECT 1 AS a', 'text', 'params'],
  ['SELECT 1 AS a', new Map(), 'params'],
];

test.each(wrongParams)('given %s with %o, then the error names %s', (sql, params, field) => {
  const refused = errorOf(() => checkQuery(sql, params, undefined));
  expect(refused).toMatchObject({ code: 'BAD_OPTION', data: { where: 'query', field } });
});

test('given signs in texts, names and comments, then they are no parameters', () => {
  const { db } = opened();
  const sql =
    `SELECT '?:a' AS "b?:c", "address" AS [d?], \`kind\` AS \`e:f\`, ? AS a$b, "e":: x -- ? :a\n` +
    ', 1 AS z /* ? */ FROM actors LIMIT 1';
  const text = sql.replace(', "e":: x', '');
  const { asked: checked } = checkQuery(text, ['x'], undefined);
  expect(answer(db, checked).rows).toEqual([['?:a', 'run/answer/1', 'task', 'x', 1]]);
});

test('property: parameters come back as they were given', () => {
  const { db } = opened();
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((given) => given + 0),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.constant(null),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
      const list = checkQuery(`VALUES (${values.map(() => '?').join(', ')})`, values, undefined);
      expect(answer(db, list.asked).rows).toEqual([values]);
      const names = values.map((_, index) => `:p${index}`);
      const given = Object.fromEntries(values.map((one, index) => [`p${index}`, one]));
      const named = checkQuery(`VALUES (${names.join(', ')})`, given, undefined);
      expect(answer(db, named.asked).rows).toEqual([values]);
    }),
    { numRuns: 100 },
  );
});

const wrongOptions: readonly (readonly [unknown, string])[] = [
  [{ limit: 0 }, 'limit'],
  [{ limit: 1_000_001 }, 'limit'],
  [{ limit: 1.5 }, 'limit'],
  [{ timeout: 0 }, 'timeout'],
  [{ timeout: 'soon' }, 'timeout'],
  [{ signal: 1 }, 'signal'],
  [{ rows: 1 }, 'rows'],
];

test.each(wrongOptions)('given the options %o, then the error names %s', (options, field) => {
  const refused = errorOf(() => checkQuery('SELECT 1 AS a', [], options));
  expect(refused).toMatchObject({ code: 'BAD_OPTION', data: { field } });
  expect(errorOf(() => checkQuery(1, [], undefined))).toMatchObject({ data: { field: 'sql' } });
});

test('given a history row, then the events tell it and its actor', () => {
  const { db } = opened();
  const { columns, rows } = answer(db, asked('SELECT * FROM events ORDER BY event'));
  expect(columns.slice(0, 4)).toEqual(['event', 'actor', 'previous', 'at']);
  const { at } = row({ seq: 1 });
  expect(rows[0]?.slice(0, 4)).toEqual([1, 'run/answer/1', null, at]);
});
