/** The log of a journal file: emptied again and again, also after somebody read for long. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { type Journal, openJournal } from '../../src/journal/index.ts';
import { checkpointsOf } from '../../src/journal/sqlite/upkeep/checkpoints.ts';
import { limits } from '../../src/protocol/index.ts';
import { newFile } from '../journal/files.ts';
import { batch, commit, row, turn } from '../journal/fixtures.ts';

/** Commits rows of 100 kB, some 25 pages each. */
function write(journal: Journal, rows: number): void {
  for (let n = 0; n < rows; n += 1) {
    const seq = journal.heads().seq + 1;
    const body = JSON.stringify('x'.repeat(100_000));
    commit(journal, { ...turn(seq, { last: seq - 1 }), rows: [row({ seq, body })] });
  }
}

/** Reads a file in one transaction until it is let go. */
function longReader(file: string): { readonly end: () => void } {
  const db = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM history').get();
  return { end: () => db.close() };
}

test('given much that is written, then the log stays within its bound', async () => {
  const journal = await openJournal(newFile(), { durability: 'process' });
  let longest = 0;
  for (let n = 0; n < 20; n += 1) {
    write(journal, 10);
    longest = Math.max(longest, journal.extent().logBytes);
  }
  expect(journal.extent().fileBytes).toBeGreaterThan(15_000_000);
  expect(longest).toBeLessThan(limits.logBytes);
  journal.close();
});

test('given a long reader, then the log grows, and shrinks by itself after it', async () => {
  const file = newFile();
  const journal = await openJournal(file, { durability: 'process' });
  write(journal, 1);
  const reader = longReader(file);
  write(journal, 150);
  expect(journal.extent().logBytes).toBeGreaterThan(12_000_000);
  reader.end();
  write(journal, 60);
  expect(journal.extent().logBytes).toBeLessThanOrEqual(limits.logBytes);
  journal.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
});

/** A raw connection under checkpoints with small bounds. */
function underCheckpoints() {
  const file = newFile();
  const db = new DatabaseSync(file);
  onTestFinished(() => db.close());
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE history(body TEXT)');
  const warnings: string[] = [];
  let emptied = 0;
  const checkpoints = checkpointsOf(db, {
    file,
    log: { warn: (text) => warnings.push(text) },
    onCheckpoint: () => {
      emptied += 1;
    },
    bounds: { pages: 20, pagesWarned: 60 },
  });
  const insert = db.prepare('INSERT INTO history(body) VALUES (?)');
  const wrote = (times: number): void => {
    for (let n = 0; n < times; n += 1) {
      const body = 'x'.repeat(20_000);
      insert.run(body);
      checkpoints.committed(batch({ rows: [row({ seq: 1, body })] }));
    }
  };
  return { file, warnings, wrote, emptied: () => emptied, db };
}

test('given a log that nobody reads, then each checkpoint is told and nothing is warned of', () => {
  const { wrote, emptied, warnings } = underCheckpoints();
  wrote(40);
  expect(emptied()).toBeGreaterThan(5);
  expect(warnings).toEqual([]);
});

test('given a log that is read for long, then it is warned of once each time', () => {
  const { file, wrote, emptied, warnings } = underCheckpoints();
  const reader = longReader(file);
  wrote(60);
  expect(emptied()).toBe(0);
  expect(warnings).toEqual([expect.stringContaining('end that, and the log shrinks by itself')]);
  reader.end();
  wrote(20);
  expect(emptied()).toBeGreaterThan(0);
  const next = longReader(file);
  wrote(60);
  expect(warnings).toHaveLength(2);
  next.end();
});
