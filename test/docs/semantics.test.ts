/** Each promise of docs/SEMANTICS.md names a test that exists. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT } from './samples.ts';

const page = readFileSync(`${ROOT}docs/SEMANTICS.md`, 'utf8');
const promises = page
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('`test/'))
  .map((line) => {
    const [, file = '', title = ''] = /`(test\/[^`]+)`\s*([^|]*)\|$/.exec(line) ?? [];
    return { file, title: title.trim() };
  });

test('the page has promises', () => {
  expect(promises.length).toBeGreaterThan(25);
});

test.each(promises)('the test of a promise is there: $file $title', ({ file, title }) => {
  expect(existsSync(ROOT + file), `${file} is missing`).toBe(true);
  expect(readFileSync(ROOT + file, 'utf8')).toContain(title);
});
