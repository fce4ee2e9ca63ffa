/** docs/VIEWS.md and the views are the same: names, columns in their order, a type, a meaning. */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openJournal } from '../../../src/journal/index.ts';
import { views } from '../../../src/journal/sqlite/views.ts';
import { newFile } from '../files.ts';

const page = readFileSync(new URL('../../../docs/VIEWS.md', import.meta.url), 'utf8');
const types = ['text', 'integer', 'real', 'time', 'boolean', 'json'];

/** The rows of the tables of the page, by heading. */
const documented = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const rows = [...section.matchAll(/^\| `(\w+)` \| (\w+) \| (.+) \|$/gm)];
      const columns = rows.map(([, column, type, meaning]) => ({ column, type, meaning }));
      return [section.slice(0, section.indexOf('\n')), columns] as const;
    }),
);

test('each view is documented with all its columns, in order, and no other', () => {
  const found = [...documented].map(([name, rows]) => [name, rows.map(({ column }) => column)]);
  const there = Object.entries(views).map(([name, { columns }]) => [name, columns]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(there));
  for (const [name, rows] of documented) {
    for (const { column, type } of rows) expect(types, `${name}.${column}`).toContain(type);
  }
});

test('the statement of the page for the events of one actor reads no whole table', async () => {
  const [, sql = ''] = /```sql\n([^`]+)```/.exec(page) ?? [];
  expect(await planOf(sql)).not.toMatch(/SCAN (h|a|i|history|actor_records|actor_inputs)\b/);
});

const lookups = [
  "SELECT * FROM tasks WHERE task = 'run/a/1'",
  "SELECT * FROM workflows WHERE workflow = 'run/a/1'",
  "SELECT * FROM approvals WHERE approval = 'run/a/1'",
  "SELECT * FROM handoffs WHERE handoff = 'handoff/a'",
  "SELECT * FROM actors WHERE address = 'bot/a'",
  "SELECT * FROM timers WHERE actor = 'bot/a'",
  "SELECT * FROM steps WHERE actor = 'run/a/1'",
  'SELECT * FROM events WHERE event = 7',
  'SELECT * FROM dead_letters WHERE letter = 7',
];

test.each(lookups)('%s is answered from an index', async (sql) => {
  expect(await planOf(sql)).not.toContain('SCAN');
});

async function planOf(sql: string): Promise<string> {
  const path = newFile();
  const journal = await openJournal(path);
  journal.close();
  const db = new DatabaseSync(path, { readOnly: true });
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  db.close();
  return plan.map(({ detail }) => String(detail)).join('\n');
}
