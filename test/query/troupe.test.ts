/** `troupe.query` on running teams: it sees what was acknowledged, and ends with the troupe. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/main.ts';
import { createTroupe, defineBot, handler } from '../../src/index.ts';
import { fakeTerminal } from '../cli/terminal.ts';
import { refused } from '../refusal.ts';

const finder = defineBot({
  id: 'finder',
  concurrency: 1,
  input: z.string(),
  work: ({ input }) => `found ${input}`,
  on: { note: handler(z.number(), () => new Promise(() => {})) },
});

function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'troupe-asked-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const endless =
  'WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x) SELECT count(*) AS n FROM x';

test('given a running team, then queries see what was acknowledged, and end with it', async () => {
  const folder = newFolder();
  const journal = join(folder, 'team.db');
  const troupe = await createTroupe({ definitions: [finder], journal });
  expect(await refused(troupe.query('DELETE FROM tasks'))).toMatchObject({ code: 'QUERY_REFUSED' });
  const sent = 'SELECT count(*) AS n FROM messages WHERE recipient = ?';
  for (let n = 1; n <= 5; n += 1) {
    await troupe.send(finder, { type: 'note', payload: n });
    expect(await troupe.query(sent, ['bot/finder'])).toEqual([{ n }]);
  }
  expect(await refused(troupe.query(sent))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'params[0]',
  });
  const printed = fakeTerminal();
  const asked = ['journal', journal, 'query', 'SELECT state, type FROM messages', '--json'];
  expect(await main(asked, printed)).toBe(0);
  const rows = JSON.parse(printed.shown.out);
  expect(rows).toContainEqual({ state: 'pending', type: 'note' });
  const open = troupe.query(endless).catch((error) => error);
  const other = createTroupe({ definitions: [finder] });
  await troupe.stop({ deadline: 0 });
  expect(await open).toMatchObject({ code: 'STOPPED' });
  expect(await refused(troupe.query('SELECT 1 AS one'))).toMatchObject({ code: 'STOPPED' });
  // The last one who had the file open has put its log away.
  expect(readdirSync(folder).filter((file) => /-(wal|shm)$/.test(file))).toEqual([]);
  await (await other).stop();
});

test('given a journal in memory, then a query says what it needs', async () => {
  const troupe = await createTroupe({ definitions: [finder] });
  expect(await refused(troupe.query('SELECT 1 AS one'))).toEqual({
    code: 'QUERY_NO_FILE',
    journal: 'memory',
  });
  await troupe.stop();
});

test('given a query on the terminal that is refused, then it is bad input', async () => {
  const journal = join(newFolder(), 'team.db');
  const troupe = await createTroupe({ definitions: [finder], journal });
  await troupe.run(finder, 'bees', { id: 'q-1' });
  await troupe.stop();
  const ask = async (...rest: readonly string[]) => {
    const terminal = fakeTerminal({ columns: 60 });
    return {
      code: await main(['journal', journal, 'query', ...rest], terminal),
      ...terminal.shown,
    };
  };
  expect(await ask('PRAGMA user_version')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('[QUERY_REFUSED]'),
  });
  expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('SQL is missing') });
  const select = 'SELECT task, status, attempts FROM tasks';
  expect(await ask(select, '--limit', '1')).toMatchObject({
    code: 0,
    out: 'task            status     attempts\nrun/finder/q-1  COMPLETED         1\n',
  });
  expect(await ask('VALUES (1), (2), (3)', '--limit', '2')).toMatchObject({
    code: 2,
    err: expect.stringContaining('[QUERY_TOO_LARGE]'),
  });
  expect(await ask('--help')).toMatchObject({ out: expect.stringContaining('more are an\n') });
  expect(await ask('SELECT task FROM tasks WHERE 0')).toMatchObject({
    out: 'There are no rows.\n',
  });
});
