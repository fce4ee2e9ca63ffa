/**
 * An older journal is brought to the newest format when its owner opens it: a copy is taken before,
 * and an end in the middle, of whatever kind, leaves a whole journal of one format.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openJournal, openReader } from '../../src/journal/index.ts';
import { connect } from '../../src/journal/sqlite/connection.ts';
import { formatVersion, indexes } from '../../src/journal/sqlite/schema.ts';
import { type FormatStep, upgrade } from '../../src/journal/sqlite/upgrade.ts';
import { folder, newFile } from '../journal/files.ts';
import { copyOf } from './copies.ts';

const older = () => copyOf({ format: '1', name: 'killed' });

/** All that a journal holds, with the format that it says it has. */
function contentOf(file: string): { format: unknown; indexes: unknown; rows: unknown[] } {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const names = ['history', 'actor_records', 'actor_inputs', 'mail_records', 'step_records'];
    return {
      format: db.prepare('PRAGMA user_version').get()?.user_version,
      indexes: db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'").all().length,
      rows: names.map((name) => db.prepare(`SELECT * FROM ${name}`).all()),
    };
  } finally {
    db.close();
  }
}

const beside = (file: string): string[] =>
  readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.`));

describe('given a journal of format 1', () => {
  test('when it is opened, then a copy is left beside it, and it is told once', async () => {
    const file = older();
    const before = contentOf(file);
    const told: unknown[] = [];
    const log = { warn: (...line: readonly unknown[]) => void told.push(line) };
    for (let time = 0; time < 2; time += 1) (await openJournal(file, { log })).close();
    const copy = `${file}.format-1.db`;
    expect(told).toEqual([
      [`the journal was brought from format 1 to ${formatVersion}`, { journal: file, copy }],
    ]);
    expect(beside(file)).toEqual([basename(copy)]);
    expect(contentOf(copy)).toEqual(before);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(contentOf(file)).toMatchObject({ format: formatVersion, rows: before.rows });
  });

  test('when there is a copy already, then that one is kept', async () => {
    const file = older();
    (await openJournal(file)).close();
    const first = readFileSync(`${file}.format-1.db`);
    for (const tail of ['', '-wal', '-shm', '-head']) rmSync(`${file}${tail}`, { force: true });
    copyOf({ format: '1', name: 'closed' }, file);
    (await openJournal(file)).close();
    expect(beside(file)).toEqual(['team.db.format-1-2.db', 'team.db.format-1.db']);
    expect(readFileSync(`${file}.format-1.db`).equals(first)).toBe(true);
  });

  test('when it is of another workspace, then it is refused and stays as it is', async () => {
    const file = older();
    await expect(openJournal(file, { workspace: 'other' })).rejects.toThrow(/workspace/);
    expect(contentOf(file).format).toBe(1);
    expect(beside(file)).toEqual([]);
  });

  test('when the copy can not be made, then it is refused with the reason, whole', async () => {
    const file = older();
    const before = contentOf(file);
    mkdirSync(`${file}.format-1.part`);
    await expect(openJournal(file)).rejects.toMatchObject({
      code: 'JOURNAL_UPGRADE',
      data: { version: 1, known: formatVersion },
    });
    expect(contentOf(file)).toEqual(before);
  });

  test('when there is no room for the copy, then it is refused and says so', async (ctx) => {
    const at = folder();
    const made = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', at]);
    if (made.status !== 0) return ctx.skip('a small file system needs the right to mount one');
    onTestFinished(() => void execFileSync('umount', [at]));
    const file = copyOf({ format: '1', name: 'closed' }, join(at, 'team.db'));
    const before = contentOf(file);
    await expect(openJournal(file)).rejects.toMatchObject({
      code: 'JOURNAL_UPGRADE',
      data: { reason: 'there is no room for the copy that is taken before' },
    });
    expect(contentOf(file)).toEqual(before);
    expect(beside(file)).toEqual([]);
  });
});

describe('given an upgrade that ends in the middle', () => {
  const moments = ['1', 'end', 'after'];

  test.each(moments)('when the process is killed at %s, then one format is there whole', (when) => {
    const file = older();
    const { rows } = contentOf(file);
    const program = join(import.meta.dirname, 'upgrade-process.ts');
    const { signal } = spawnSync(process.execPath, [program, file, when]);
    expect(signal).toBe('SIGKILL');
    const format = when === 'after' ? formatVersion : 1;
    expect(contentOf(file)).toMatchObject({ format, rows });
    if (when !== 'after') expect(contentOf(file).indexes).toBe(contentOf(older()).indexes);
  });

  test('when a step throws, then the steps before it stand and nothing of it', () => {
    const file = older();
    const db = connect(file, 'own');
    const broken: FormatStep = (on) => {
      on.exec('CREATE TABLE half(a)');
      throw new RangeError('a step is broken');
    };
    const first: FormatStep = (on) => on.exec(Object.values(indexes).join(';'));
    expect(() => upgrade(db, file, { 1: first, 2: broken })).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_UPGRADE',
        data: expect.objectContaining({ version: 2 }),
      }),
    );
    db.close();
    expect(contentOf(file).format).toBe(2);
    expect(beside(file)).toEqual(['team.db.format-1.db']);
  });
});

describe('given a journal of a newer format', () => {
  test('when it is opened or read, then it is refused and not a byte is changed', async () => {
    const file = newFile();
    (await openJournal(file)).close();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${formatVersion + 1}`);
    db.close();
    const before = readFileSync(file);
    const refusal = { code: 'JOURNAL_VERSION', data: { version: formatVersion + 1 } };
    await expect(openJournal(file)).rejects.toMatchObject(refusal);
    await expect(openReader(file)).rejects.toMatchObject(refusal);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});
