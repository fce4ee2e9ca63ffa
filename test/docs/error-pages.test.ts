/**
 * The page of the error codes says what the table says.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorTable } from '../../src/protocol/index.ts';
import { ERROR_PAGE, errorPage } from './error-pages.ts';

test('the page is what `npm run docs` writes', () => {
  expect(readFileSync(ERROR_PAGE, 'utf8'), 'run `npm run docs` and commit').toBe(errorPage());
});

test('every code has a section with its message, remedy and status', () => {
  const sections = errorPage().split('\n## ').slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual(Object.keys(errorTable));
  for (const [index, { remedy, status }] of Object.values(errorTable).entries()) {
    expect(sections[index]).toMatch(/\n> (?!.*\*\*).*\w+/);
    expect(sections[index]).toContain(`**What to do:** ${remedy}`);
    expect(sections[index]).toContain(`HTTP status ${status}.`);
  }
});
