/** The programs of `examples/`: each runs whole, and also killed by the system in the middle. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../specialists/analysers/folder.ts';
import { playCalmly, playKilled, plays, workLines } from './plays.ts';
import { play } from './program.ts';

const folder = new URL('../../examples/', import.meta.url);
const programs = readdirSync(folder).filter((file) => file.endsWith('.ts'));

test.each(plays)('$example prints what happens, and ends by itself', (one) => playCalmly(one));

test.each(plays)('$example, killed in the middle, goes on to the same end', (one) =>
  playKilled(one, Math.ceil(workLines(one) / 2)),
);

test.each(plays)('$example, started again when all is done, does nothing again', async (one) => {
  const journal = join(folderWith({}), 'journal.db');
  await playCalmly(one, journal);
  const again = await play(one.example, [journal]);
  expect(again).toEqual({ lines: one.end, isKilled: false, code: 0, stderr: '' });
});

test('a release that nobody answers waits in the journal; then a no ends it', async () => {
  const journal = join(folderWith({}), 'journal.db');
  const asked = 'The editor is asked to release it';
  const first = await play('research', [journal, 'later']);
  expect([first.code, first.lines.at(-1)]).toEqual([0, asked]);
  const second = await play('research', [journal, 'later'], 1);
  expect(second).toMatchObject({ lines: [asked], isKilled: true });
  const third = await play('research', [journal, 'no']);
  expect(third.lines).toEqual([
    asked,
    'Not published: ann said no to research/bees/release (without a comment).',
  ]);
  expect((await play('research', [journal])).lines).toEqual(third.lines.slice(1));
});

test('every program is played, listed in the README, and imports what a user has', () => {
  expect(programs.toSorted()).toEqual(plays.map(({ example }) => `${example}.ts`).toSorted());
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  for (const file of programs) {
    expect(readme).toContain(`examples/${file}`);
    const text = readFileSync(new URL(file, folder), 'utf8');
    const imported = [...text.matchAll(/ from '([^']+)'/g)].map(([, from]) => from);
    expect([...new Set(imported)]).toEqual(['troupe', 'zod']);
    expect(text).toMatch(/^export default \w+;$/m);
  }
});
