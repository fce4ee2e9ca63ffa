/**
 * Bugs that are planted in copies of the sources: each patch fits, and the kit finds the quick
 * ones; all of them are hunted by `planted.long.ts`.
 */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';
import { bugs } from './bugs/index.ts';
import { patched } from './copy.ts';
import { hunted } from './hunting.ts';
import { LIST, page } from './list.ts';

test('each bug has a name of its own, a sentence, and a place that can be patched', () => {
  expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
  expect(bugs.length).toBeGreaterThanOrEqual(30);
  for (const bug of bugs) {
    expect(bug.sentence, bug.name).toMatch(/^[A-Z].*\.$/);
    expect(bug.to, bug.name).not.toBe(bug.from);
    expect(() => stripTypeScriptTypes(patched(bug)), bug.name).not.toThrow();
  }
});

test('the list is what `node test/planted/write-list.ts` writes', () => {
  expect(readFileSync(LIST, 'utf8'), 'run it and commit').toBe(page());
});

const quick = [
  'acknowledged-before-commit',
  'recovery-opens-the-gate',
  'late-report-accepted',
  'asked-again',
  'booked-twice',
];

test.each(bugs.filter(({ name }) => quick.includes(name)))(
  'the kit finds $name within 200 scripts',
  async (bug) => {
    const { found, story, isCalmFine } = await hunted(bug, 200);
    expect([found, isCalmFine], story).toEqual([true, true]);
  },
);
