/** Readers of journal files: they leave no trace, follow the file, and end by themselves. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Journal, openJournal, openReader } from '../../../src/journal/index.ts';
import { newFile } from '../files.ts';
import { commit, turn } from '../fixtures.ts';

const write = (journal: Journal, seq: number): void =>
  commit(journal, turn(seq, { last: seq - 1 }));

test('given a closed journal, when it is read, then no file appears or changes', async () => {
  const path = newFile();
  const journal = await openJournal(path);
  write(journal, 1);
  journal.close();
  const before = [readdirSync(dirname(path)), statSync(path).mtimeMs, statSync(path).size];
  const reader = await openReader(path);
  expect(reader.heads().seq).toBe(1);
  expect(reader.byAddress('run/answer/1')?.last).toBe(1);
  expect(reader.view('actors')).toHaveLength(1);
  expect([readdirSync(dirname(path)), statSync(path).mtimeMs, statSync(path).size]).toEqual(before);
  reader.close();
  expect(readdirSync(dirname(path))).toEqual(['team.db', 'team.db-head', 'team.db-lock']);
});

test('given a reader, when owners come, write and go, then each read is current', async () => {
  const path = newFile();
  const first = await openJournal(path);
  write(first, 1);
  first.close();
  const reader = await openReader(path);
  for (let seq = 2; seq < 6; seq += 1) {
    expect(reader.heads().seq).toBe(seq - 1);
    const owner = await openJournal(path);
    expect(reader.heads().seq).toBe(seq - 1);
    write(owner, seq);
    expect(reader.heads().seq).toBe(seq);
    expect(reader.history(1, 0)).toHaveLength(seq);
    owner.close();
    expect(reader.heads().seq).toBe(seq);
  }
  reader.close();
});

test('given a file that changes in the middle of a read, then it is read again', async () => {
  const path = newFile();
  const journal = await openJournal(path);
  write(journal, 1);
  journal.close();
  const reader = await openReader(path);
  const other = new DatabaseSync(path);
  const { prepare } = DatabaseSync.prototype;
  vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementationOnce(function (
    this: DatabaseSync,
    sql: string,
  ) {
    other.exec("INSERT INTO history VALUES (2, 1, 1, 0, 'late', '', '{}', '')");
    return prepare.call(this, sql);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  expect(reader.heads().seq).toBe(2);
  reader.close();
  other.close();
});

test('given an open group, then a reader sees none of it', async () => {
  const path = newFile();
  const journal = await openJournal(path);
  write(journal, 1);
  const reader = await openReader(path);
  journal.begin();
  expect(reader.heads().seq).toBe(1);
  journal.abort();
  reader.close();
  journal.close();
});

test('given an idle reader, then the log is checkpointed past it and stays small', async () => {
  const path = newFile();
  const journal = await openJournal(path, { durability: 'process' });
  const reader = await openReader(path);
  write(journal, 1);
  expect(reader.heads().seq).toBe(1);
  const snapshot = JSON.stringify('x'.repeat(40_000));
  for (let seq = 2; seq < 400; seq += 1) commit(journal, turn(seq, { last: seq - 1, snapshot }));
  expect(statSync(`${path}-wal`).size).toBeLessThan(8_000_000);
  reader.close();
  journal.close();
});

test('given a missing or an empty file, then there is no reader and no file is made', async () => {
  const path = newFile();
  await expect(openReader(path)).rejects.toThrow(
    expect.objectContaining({
      code: 'JOURNAL_UNREADABLE',
      data: { path: expect.stringContaining('team.db'), reason: 'it does not exist' },
    }),
  );
  expect(readdirSync(dirname(path))).toEqual([]);
  new DatabaseSync(path).close();
  await expect(openReader(path)).rejects.toThrow(
    expect.objectContaining({ code: 'JOURNAL_FOREIGN' }),
  );
});

test('given a reader whose file is removed, then its next read says so', async () => {
  const path = newFile();
  (await openJournal(path)).close();
  const reader = await openReader(path);
  rmSync(path);
  expect(() => reader.heads()).toThrow('it does not exist');
  expect(() => reader.heads()).toThrow('it does not exist');
  reader.close();
});

test('given a closed reader, then every read is refused', async () => {
  const path = newFile();
  (await openJournal(path)).close();
  const reader = await openReader(path);
  reader.close();
  reader.close();
  expect(() => reader.heads()).toThrow('it is closed');
  expect(() => reader.view('tasks')).toThrow('it is closed');
});
