/** The table of failure modes in the docs: complete, and each row has its test. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { published, tableRows } from './published.ts';

const list = published();
/** The table is about this list; another one may have other modes. */
const isOurs = list?.source.includes('2503.13657') === true;
const rows = tableRows();

test('given the table, then it has 14 rows, each once', () => {
  expect(rows).toHaveLength(14);
  expect(new Set(rows.map(([id]) => id)).size).toBe(14);
});

test.each(rows)('%s: its test has a part of that name', (id = '', name = '', ...rest) => {
  const file = (rest.at(-1) ?? '').replaceAll('`', '');
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  expect(source).toContain(`describe('${id} ${name.toLowerCase()}'`);
});

test('given a mode that is published, then the table names it alike', (context) => {
  context.skip(!isOurs, 'the published list is absent, or another one');
  for (const { id, name } of list?.modes ?? []) {
    const row = rows.find(([known]) => known === id);
    expect(row?.[1], `${id} ${name} has a row`).toBe(name);
  }
});
