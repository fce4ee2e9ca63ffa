/**
 * Files that are taken away while the team runs: an open file goes on taking writes when its name
 * is gone, and nobody would ever see them. The owner notices at its next commit.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from '../journal/files.ts';
import { endure, type Trouble } from './kit/endure.ts';
import { ledgerOf, troupeOn } from './kit/ledger.ts';

/** The file that is taken away, and how it comes back. */
const cases: Readonly<Record<string, (path: string) => Trouble>> = {
  'a journal that is renamed': (path) => ({
    arm: () => renameSync(path, `${path}.old`),
    mend: () => renameSync(`${path}.old`, path),
  }),
  'a log that is removed': (path) => ({
    arm: () => rmSync(`${path}-wal`),
    mend: () => {},
  }),
  'a lock that is removed': (path) => ({
    arm: () => rmSync(`${path}-lock`),
    mend: () => {},
  }),
  'a folder that is renamed': (path) => ({
    arm: () => renameSync(join(path, '..'), `${join(path, '..')}-old`),
    mend: () => renameSync(`${join(path, '..')}-old`, join(path, '..')),
  }),
};

test.for(Object.entries(cases))(
  'given %s while it runs, then all are told, and the team goes on when it is back',
  async ([, troubleOn]) => {
    const place = join(folder(), 'team');
    mkdirSync(place);
    const path = join(place, 'team.db');
    expect(await endure(path, troubleOn(path))).toMatchObject({
      refused: ['JOURNAL_GONE'],
      waiter: 'JOURNAL_GONE',
      after: 'JOURNAL_GONE',
      stopped: 'nothing',
      wrong: [],
    });
  },
);

test('given another file in its place, then the team stops and leaves it alone', async () => {
  const path = join(folder(), 'team.db');
  const other = join(folder(), 'other.db');
  const elsewhere = await troupeOn(other);
  await ledgerOf(elsewhere, 'elsewhere');
  const troupe = await troupeOn(path);
  const run = await ledgerOf(troupe, 'a');
  // A copy of a journal that is in use, with its log.
  rmSync(path);
  for (const ending of ['', '-wal']) copyFileSync(`${other}${ending}`, `${path}${ending}`);
  await expect(troupe.send(run, { type: 'ADD', n: 1 })).rejects.toThrow(
    expect.objectContaining({ code: 'JOURNAL_GONE', data: { path, file: path } }),
  );
  const { size } = statSync(`${path}-wal`);
  await troupe.stop();
  await elsewhere.stop();
  expect(statSync(`${path}-wal`).size).toBe(size);
});

test('given a removed journal, then a start is no silent new beginning', async () => {
  const path = join(folder(), 'team.db');
  const troupe = await troupeOn(path);
  const run = await ledgerOf(troupe, 'a');
  await troupe.send(run, { type: 'ADD', n: 1 });
  rmSync(path);
  await expect(troupe.send(run, { type: 'ADD', n: 2 })).rejects.toThrow(
    expect.objectContaining({ code: 'JOURNAL_GONE' }),
  );
  await troupe.stop();
  expect(existsSync(path)).toBe(false);
  await expect(troupeOn(path)).rejects.toThrow(expect.objectContaining({ code: 'JOURNAL_CUT' }));
});
