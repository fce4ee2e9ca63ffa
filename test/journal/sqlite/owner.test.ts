/** Journal files: what is created, what is refused and what a refusal leaves behind. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { removeHead } from '../../../src/journal/checks/index.ts';
import { openJournal, openReader } from '../../../src/journal/index.ts';
import { noteSelf } from '../../../src/journal/sqlite/schema.ts';
import { folder, newFile } from '../files.ts';
import { batch, commit, mail, turn } from '../fixtures.ts';

const code = (name: string) => expect.objectContaining({ code: name });

/** Runs SQL on a file, as another program would. */
function sql(path: string, text: string): void {
  const db = new DatabaseSync(path);
  db.exec(text);
  db.close();
}

/** A journal with one actor, closed. */
async function writtenFile(): Promise<string> {
  const path = newFile();
  const journal = await openJournal(path);
  commit(journal, turn(1));
  journal.close();
  return path;
}

describe('files', () => {
  test('given a new journal, then all its files are for this user only', async () => {
    const path = newFile();
    const journal = await openJournal(path);
    commit(journal, turn(1));
    const modes = readdirSync(dirname(path)).map((name) => {
      const mode = statSync(join(dirname(path), name)).mode & 0o777;
      return `${name} ${mode.toString(8)}`;
    });
    expect(modes).toEqual([
      'team.db 600',
      'team.db-head 600',
      'team.db-lock 600',
      'team.db-shm 600',
      'team.db-wal 600',
    ]);
    journal.close();
    expect(readdirSync(dirname(path))).toEqual(['team.db', 'team.db-head', 'team.db-lock']);
  });

  test('given an empty file for all, then as a journal it is for this user', async () => {
    const path = newFile();
    writeFileSync(path, '', { mode: 0o644 });
    (await openJournal(path)).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('given a link to a journal, then both names have one lock', async () => {
    const path = newFile();
    const link = join(folder(), 'link.db');
    symlinkSync(path, link);
    const journal = await openJournal(path);
    await expect(openJournal(link)).rejects.toThrow(code('JOURNAL_IN_USE'));
    journal.close();
    const again = await openJournal(link);
    expect(basename(again.path)).toBe('team.db');
    again.close();
  });

  test('given a durability, then the log is synced at commits, or at checkpoints', async () => {
    for (const [durability, synchronous] of [
      ['power', 2],
      ['process', 1],
    ] as const) {
      const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
      onTestFinished(() => exec.mockRestore());
      const journal = await openJournal(newFile(), { durability });
      const own = exec.mock.contexts.at(-1);
      if (!(own instanceof DatabaseSync)) return expect.unreachable();
      expect(own.prepare('PRAGMA synchronous').get()).toEqual({ synchronous });
      expect(own.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
      expect(own.prepare('PRAGMA wal_autocheckpoint').get()).toEqual({ wal_autocheckpoint: 0 });
      expect(own.prepare('PRAGMA trusted_schema').get()).toEqual({ trusted_schema: 0 });
      expect(own.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 0 });
      journal.close();
    }
  });

  test('given a new journal, then it notes its workspace and when it was created', async () => {
    const path = newFile();
    (await openJournal(path, { now: () => 7 })).close();
    const other = new DatabaseSync(path);
    expect(other.prepare('SELECT * FROM meta ORDER BY key').all()).toEqual([
      { key: 'created_at', value: '7' },
      { key: 'hash', value: expect.stringMatching(/^[\w-]{43}$/) },
      { key: 'workspace', value: 'troupe' },
    ]);
    other.close();
  });
});

describe('refusals', () => {
  test('given a journal of this process, then a second one on it is refused', async () => {
    const path = newFile();
    const journal = await openJournal(path);
    await expect(openJournal(path)).rejects.toThrow(code('JOURNAL_IN_USE'));
    commit(journal, turn(1));
    await expect(openJournal(path)).rejects.toThrow(code('JOURNAL_IN_USE'));
    journal.close();
    const again = await openJournal(path);
    expect(again.heads().seq).toBe(1);
    again.close();
  });

  test('given a file of something else, then it is foreign, and nothing changes', async () => {
    const other = join(folder(), 'other.db');
    sql(other, 'PRAGMA journal_mode = WAL; CREATE TABLE a(b); PRAGMA user_version = 1');
    const text = join(folder(), 'notes.txt');
    writeFileSync(text, 'to do: nothing. '.repeat(100));
    const noTables = join(folder(), 'marked.db');
    sql(noTables, 'PRAGMA application_id = 1416786021; PRAGMA user_version = 1');
    for (const path of [other, text, noTables]) {
      const before = readFileSync(path);
      await expect(openJournal(path)).rejects.toThrow(code('JOURNAL_FOREIGN'));
      await expect(openReader(path)).rejects.toThrow(code('JOURNAL_FOREIGN'));
      expect(readFileSync(path).equals(before)).toBe(true);
      expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    }
  });

  test('given a journal with other tables or a trigger, then it is foreign', async () => {
    for (const change of [
      'ALTER TABLE history ADD COLUMN more TEXT',
      'DROP TABLE timer_records',
      'DROP INDEX actor_addresses',
      'CREATE TRIGGER late AFTER INSERT ON history BEGIN DELETE FROM history; END',
      'PRAGMA user_version = 0',
    ]) {
      const path = await writtenFile();
      sql(path, change);
      await expect(openJournal(path), change).rejects.toThrow(code('JOURNAL_FOREIGN'));
      await expect(openReader(path), change).rejects.toThrow(code('JOURNAL_FOREIGN'));
    }
  });

  test('given views that differ or are gone, then the owner renews them', async () => {
    const path = await writtenFile();
    const other = new DatabaseSync(path);
    other.exec('DROP VIEW tasks; DROP VIEW actors; CREATE VIEW actors AS SELECT 1 AS one');
    // As a Troupe with other views would.
    noteSelf(other);
    other.close();
    removeHead(path);
    (await openJournal(path)).close();
    const reader = await openReader(path);
    expect(reader.view('actors')).toMatchObject([{ address: 'run/answer/1' }]);
    expect(reader.view('tasks')).toMatchObject([{ task: 'run/answer/1' }]);
    reader.close();
  });

  test('given a newer format, then the refusal names both', async () => {
    const path = await writtenFile();
    sql(path, 'PRAGMA user_version = 7');
    const refusal = expect.objectContaining({
      code: 'JOURNAL_VERSION',
      data: { path: expect.stringContaining('team.db'), version: 7, known: 2 },
    });
    await expect(openJournal(path)).rejects.toThrow(refusal);
    await expect(openReader(path)).rejects.toThrow(refusal);
  });

  test('given the journal of another workspace, then it is refused', async () => {
    const path = newFile();
    (await openJournal(path, { workspace: 'north' })).close();
    await expect(openJournal(path, { workspace: 'south' })).rejects.toThrow(
      code('JOURNAL_WORKSPACE'),
    );
    (await openJournal(path, { workspace: 'north' })).close();
  });

  test('given a path that leads nowhere, then the reason says why', async () => {
    const place = folder();
    writeFileSync(join(place, 'file'), '');
    mkdirSync(join(place, 'folder'));
    symlinkSync(join(place, 'circle'), join(place, 'circle'));
    const expected = {
      'missing/team.db': 'its folder does not exist',
      folder: 'it is a folder',
      'file/team.db': 'its folder is a file',
      circle: 'its links lead in a circle',
    };
    for (const [path, reason] of Object.entries(expected)) {
      const refusal = expect.objectContaining({
        code: 'JOURNAL_UNREADABLE',
        data: { path: expect.any(String), reason },
      });
      await expect(openJournal(join(place, path)), path).rejects.toThrow(refusal);
      await expect(openReader(join(place, path)), path).rejects.toThrow(refusal);
    }
    expect(readdirSync(place)).toEqual(['circle', 'file', 'folder']);
  });

  test('given a damaged file, then that is told', async () => {
    const path = await writtenFile();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4_096);
    writeFileSync(path, bytes);
    await expect(openJournal(path)).rejects.toThrow(code('JOURNAL_DAMAGED'));
    await expect(openReader(path)).rejects.toThrow(code('JOURNAL_DAMAGED'));
  });
});

describe('failures', () => {
  test('given a batch that SQLite refuses, then nothing of it is kept', async () => {
    const path = newFile();
    const journal = await openJournal(path);
    commit(journal, { ...turn(1), waiting: [mail({ mail: 1 })] });
    journal.begin();
    const bad = batch({ ...turn(2, { last: 1 }), waiting: [mail({ mail: 1 })] });
    expect(() => journal.commit(bad)).toThrow(code('JOURNAL_FAILED'));
    expect(() => journal.begin()).toThrow(code('JOURNAL_FAILED'));
    expect(() => journal.byNumber(1)).toThrow(code('JOURNAL_FAILED'));
    await expect(openJournal(path)).rejects.toThrow(code('JOURNAL_IN_USE'));
    journal.close();
    const again = await openJournal(path);
    expect(again.heads()).toMatchObject({ seq: 1, mail: 1 });
    commit(again, turn(2, { last: 1 }));
    again.close();
  });

  test('given another program that writes, then no group opens until it is done', async () => {
    const path = newFile();
    const journal = await openJournal(path);
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE; UPDATE meta SET value = '8' WHERE key = 'created_at'");
    expect(journal.begin()).toBe(false);
    expect(journal.begin()).toBe(false);
    other.exec('ROLLBACK');
    other.close();
    commit(journal, turn(1));
    expect(journal.heads().seq).toBe(1);
    journal.close();
  });
});
