/**
 * Queries of a journal file, answered by a process of their own: what takes too long, too much or
 * dies is ended, the next query is answered, and nothing is left behind.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journal, openJournal, openQueries, type Queries } from '../../src/journal/index.ts';
import { queriesOf } from '../../src/journal/query/queries.ts';
import { limits } from '../../src/protocol/index.ts';
import { commit, turn } from '../journal/fixtures.ts';
import { refused, refusedError } from '../refusal.ts';

const folder = mkdtempSync(join(tmpdir(), 'troupe-queries-'));
const path = join(folder, 'team.db');
let journal: Journal;
let queries: Queries;

beforeAll(async () => {
  journal = await openJournal(path);
  queries = await openQueries(path);
});
afterAll(async () => {
  await queries.close(new Error('the test is over'));
  journal.close();
  rmSync(folder, { recursive: true });
});

const endless =
  'WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x) SELECT count(*) AS n FROM x';
const count = 'SELECT count(*) AS n FROM actors';
let actors = 0;

/** The queries go on as if nothing had been. */
async function isWell(): Promise<void> {
  expect(await queries.ask(count)).toEqual([{ n: actors }]);
}

test('given a commit, when a query is asked after it, then it sees it', async () => {
  await isWell();
  for (let seq = 1; seq <= 20; seq += 1) {
    commit(journal, turn(seq, { actor: seq }));
    actors = seq;
    await isWell();
  }
});

test('given a query that never ends, then its time ends it and the next is answered', async () => {
  expect(await refused(queries.ask(endless, [], { timeout: 50 }))).toEqual({
    code: 'QUERY_TIMEOUT',
    afterMs: 50,
  });
  await isWell();
});

test('given a signal, then the query ends with it, whether it waits or is under way', async () => {
  const under = new AbortController();
  const waiting = new AbortController();
  const first = refused(queries.ask(endless, [], { signal: under.signal }));
  const second = refused(queries.ask(count, [], { signal: waiting.signal }));
  const third = queries.ask(count);
  waiting.abort();
  expect(await second).toEqual({ code: 'QUERY_ABORTED' });
  under.abort();
  expect(await first).toEqual({ code: 'QUERY_ABORTED' });
  expect(await third).toEqual([{ n: actors }]);
  const aborted = queries.ask(count, [], { signal: AbortSignal.abort() });
  expect(await refused(aborted)).toEqual({ code: 'QUERY_ABORTED' });
});

test('given too many queries that wait, then one more is refused at once', async () => {
  const under = new AbortController();
  const first = refused(queries.ask(endless, [], { signal: under.signal }));
  const others = Array.from({ length: limits.queriesWaiting }, () => queries.ask(count));
  expect(await refused(queries.ask(count))).toEqual({
    code: 'QUERY_BUSY',
    waiting: limits.queriesWaiting,
  });
  under.abort();
  await first;
  expect(new Set((await Promise.all(others)).flat().map(({ n }) => n))).toEqual(new Set([actors]));
});

test('given a query that takes more memory than allowed, then it is ended', async () => {
  // A text that SQLite makes far larger than it gives.
  const sql = 'SELECT length(hex(zeroblob(400000000))) AS n';
  expect(await refused(queries.ask(sql))).toEqual({
    code: 'QUERY_TOO_LARGE',
    what: 'bytes of memory',
    max: limits.queryMemoryBytes,
  });
  await isWell();
});

test('given values of every type, then they come back through the process', async () => {
  const sql = 'SELECT ? AS text, :no AS no';
  expect(await refused(queries.ask(sql, ['x']))).toMatchObject({ code: 'BAD_OPTION' });
  const values = { text: 'é\u{1F41D}', half: 0.5, big: 2n ** 60n, none: null };
  const names = Object.keys(values).map((name) => `:${name} AS "${name}"`);
  expect(await queries.ask(`SELECT ${names.join(', ')}`, values)).toEqual([values]);
  const [row] = await queries.ask(`SELECT x'01' AS bytes, 1 AS "__proto__"`);
  expect(Object.keys(row ?? {})).toEqual(['bytes', '__proto__']);
});

test('given no journal at the path, then the error says so', async () => {
  const missing = await openQueries(join(folder, 'none.db'));
  expect(await refused(missing.ask(count))).toMatchObject({
    code: 'JOURNAL_UNREADABLE',
    reason: 'it does not exist',
  });
  await missing.close(undefined);
});

test('given a bundled app without the file of the process, then what to do is told', async () => {
  const bundled = queriesOf(path, pathToFileURL(join(folder, 'src', 'process.js')));
  const error = await refusedError(bundled.ask(count));
  expect(error).toMatchObject({ code: 'QUERY_UNAVAILABLE', retryable: false });
  expect(error.message).toMatch(
    /process\.js is missing, as in a bundle\. Keep `troupe` out of the/,
  );
  await bundled.close(undefined);
});

test('given queries that are open, when they are closed, then all are told why', async () => {
  const own = await openQueries(path);
  const reason = new Error('closed');
  const asked = [own.ask(endless), own.ask(count)].map((query) => query.catch((error) => error));
  await own.close(reason);
  expect(await Promise.all(asked)).toEqual([reason, reason]);
  await expect(own.ask(count)).rejects.toBe(reason);
});

test('given a process that asked, when it has nothing else to do, then it ends', () => {
  const module = pathToFileURL(new URL('../../src/journal/index.ts', import.meta.url).pathname);
  const script = join(folder, 'asks.ts');
  const code = `import { openQueries } from '${module}';
const queries = await openQueries(process.argv[2]);
console.log(await queries.ask('${count}'));
`;
  writeFileSync(script, code);
  const ran = spawnSync(process.execPath, [script, path], { encoding: 'utf8', timeout: 60_000 });
  expect(ran).toMatchObject({ status: 0, stdout: `[ { n: ${actors} } ]\n`, stderr: '' });
});
