/** Copies of the sources with one mistake about the disk: the tests of this folder tell each. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { inTrouble } from './kit/in-trouble.ts';
import { traceOfLives } from './kit/lives.ts';
import { losses } from './kit/power-loss.ts';
import { withLibrary } from './kit/with-library.ts';

const library = withLibrary();
const root = fileURLToPath(new URL('../../', import.meta.url));

/** A copy of the sources with another text in one place. */
function copyWith(file: string, from: string, to: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'troupe-broken-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of ['src', 'machines', 'package.json', 'test/disk']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const pieces = readFileSync(join(copy, file), 'utf8').split(from);
  expect(pieces, `${file}: ${from}`).toHaveLength(2);
  writeFileSync(join(copy, file), pieces.join(to));
  return copy;
}

test('given commits that are not synced, then power loss shows it', async ({ skip }) => {
  const preload = library(skip);
  const copy = copyWith('src/journal/sqlite/owner.ts', "'FULL' : 'NORMAL'", "'NORMAL' : 'NORMAL'");
  const traced = await traceOfLives(preload, 'power', { copy });
  const options = { kind: 'power', count: 40, seed: 1, durability: 'power' } as const;
  const found = await losses(traced, options);
  expect(found.some(({ refused, wrong }) => refused !== undefined || wrong.length > 0)).toBe(true);
});

const fsync = 'r run sync 1 5 once -wal';
const write = 'r run write 1 28 on -wal';

test.for([
  [
    'an answer before the commit',
    'src/engine/host/local-host.ts',
    '    this.#guard(commitGroup(group, this.#parts));\n',
    '    this.#commands.answer();\n    this.#guard(commitGroup(group, this.#parts));\n',
    write,
  ],
  [
    'a failed sync that is ignored',
    'src/journal/sqlite/owner.ts',
    '        end.run();\n',
    '        try { end.run(); } catch { return group.leave(); }\n',
    fsync,
  ],
] as const)(
  'given %s, then what was acknowledged is missing',
  async ([, file, from, to, trouble], { skip }) => {
    const [found] = await inTrouble(library(skip), [trouble], copyWith(file, from, to));
    expect(found).toMatchObject({ wrong: expect.arrayContaining([expect.anything()]) });
  },
);
