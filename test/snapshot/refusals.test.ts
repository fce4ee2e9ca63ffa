/** What is no snapshot that fits is refused before anything is touched, and says what to do. */
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { createTroupe, type Journal, memoryJournal } from '../../src/index.ts';
import { openReader } from '../../src/journal/index.ts';
import { mark, marksIn } from '../../src/journal/snapshots/marks.ts';
import { refusedError } from '../refusal.ts';
import { folder, settled, sightOf, type World, worldOf } from './world.ts';

interface Saved extends World {
  readonly dir: string;
  readonly journal: string;
  readonly snapshot: string;
}

async function saved(): Promise<Saved> {
  const dir = folder();
  const journal = `${dir}/team.db`;
  const snapshot = `${dir}/monday.db`;
  const world = await worldOf({ journal, name: 'shop' });
  await world.troupe.start(world.worker, 1, { id: 'a' });
  await world.troupe.send(world.clerk, { type: 'letter', payload: 1 });
  await world.clock.quiet();
  await world.troupe.snapshot(snapshot);
  return { ...world, dir, journal, snapshot };
}

function edit(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** Flips one bit in the text of a row, wherever it stands in the file. */
function flip(path: string, text: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

const breaks: Readonly<Record<string, { code: string; make: (saved: Saved) => string }>> = {
  'a path where nothing is': {
    code: 'SNAPSHOT_UNREADABLE',
    make: ({ dir }) => `${dir}/none.db`,
  },
  'a folder': { code: 'SNAPSHOT_UNREADABLE', make: ({ dir }) => dir },
  'the journal itself': { code: 'SNAPSHOT_FOREIGN', make: ({ journal }) => journal },
  'a snapshot of the name that the copy gets': {
    code: 'SNAPSHOT_UNREADABLE',
    make: ({ snapshot, journal }) => {
      copyFileSync(snapshot, `${journal}-restore`);
      return `${journal}-restore`;
    },
  },
  'a snapshot of the name that the log of the copy gets': {
    code: 'SNAPSHOT_UNREADABLE',
    make: ({ snapshot, journal }) => {
      copyFileSync(snapshot, `${journal}-restore-wal`);
      return `${journal}-restore-wal`;
    },
  },
  'a text file': {
    code: 'SNAPSHOT_FOREIGN',
    make: ({ dir }) => {
      writeFileSync(`${dir}/notes.txt`, 'no snapshot '.repeat(100));
      return `${dir}/notes.txt`;
    },
  },
  'an empty file': {
    code: 'SNAPSHOT_FOREIGN',
    make: ({ dir }) => {
      writeFileSync(`${dir}/empty.db`, '');
      return `${dir}/empty.db`;
    },
  },
  'an SQLite file of another program': {
    code: 'SNAPSHOT_FOREIGN',
    make: ({ dir }) => {
      edit(`${dir}/other.db`, 'CREATE TABLE notes(text)');
      return `${dir}/other.db`;
    },
  },
  'a snapshot of a newer format': {
    code: 'SNAPSHOT_NEWER',
    make: ({ snapshot }) => {
      edit(snapshot, 'PRAGMA user_version = 99');
      return snapshot;
    },
  },
  'a snapshot of another kind': {
    code: 'SNAPSHOT_FOREIGN',
    make: ({ snapshot }) => {
      edit(snapshot, "UPDATE meta SET value = 'actor' WHERE key = 'kind'");
      return snapshot;
    },
  },
  'a snapshot with one bit flipped in the history': {
    code: 'SNAPSHOT_DAMAGED',
    make: ({ snapshot }) => {
      flip(snapshot, '"type":"message"');
      return snapshot;
    },
  },
  'a snapshot that lacks a waiting message': {
    code: 'SNAPSHOT_DAMAGED',
    make: ({ snapshot }) => {
      edit(snapshot, 'DELETE FROM mail_records');
      return snapshot;
    },
  },
  'a snapshot that ends before its head': {
    code: 'SNAPSHOT_DAMAGED',
    make: ({ snapshot }) => {
      const db = new DatabaseSync(snapshot);
      const marks = marksIn(db) ?? expect.fail('it has marks');
      mark(db, { ...marks, head: { ...marks.head, seq: marks.head.seq + 1 } });
      db.close();
      return snapshot;
    },
  },
  'half a snapshot': {
    code: 'SNAPSHOT_DAMAGED',
    make: ({ snapshot }) => {
      const bytes = readFileSync(snapshot);
      writeFileSync(snapshot, bytes.subarray(0, bytes.length / 2));
      return snapshot;
    },
  },
};

describe('restoring', () => {
  test.each(Object.entries(breaks))('given %s, then nothing is changed', async (_, fault) => {
    const world = await saved();
    const { troupe, clock, journal, dir } = world;
    const run = await troupe.get(world.worker, 'a');
    const path = fault.make(world);
    const files = readdirSync(dir);
    const before = await sightOf(world);
    const error = await refusedError(settled(clock, troupe.restore(path)));
    expect({ code: error.code, path: error.data }).toMatchObject({
      code: fault.code,
      path: { path },
    });
    expect(await sightOf(world)).toEqual(before);
    expect(readdirSync(dir)).toEqual(files);
    const reader = await openReader(journal);
    expect(reader.byAddress('system')?.status).toBe('running');
    reader.close();
    // Handles go on, too.
    expect(await run?.snapshot()).toMatchObject({ status: 'BLOCKED' });
  });

  test('a snapshot of another workspace is refused, naming both', async () => {
    const { snapshot } = await saved();
    const other = await worldOf({ name: 'office' });
    const error = await refusedError(settled(other.clock, other.troupe.restore(snapshot)));
    expect(error).toMatchObject({
      code: 'SNAPSHOT_WORKSPACE',
      data: { workspace: 'shop', wanted: 'office' },
    });
  });

  test('a journal that can not be replaced is refused', async () => {
    const { snapshot } = await saved();
    const { replacedBy: _, ...rest } = memoryJournal();
    const journal: Journal = rest;
    const world = await worldOf({ name: 'shop', journal });
    const error = await refusedError(settled(world.clock, world.troupe.restore(snapshot)));
    expect(error.code).toBe('JOURNAL_FIXED');
  });

  test('given no place for the present, then nothing of the team ends', async () => {
    const world = await saved();
    const { troupe, clock, dir, snapshot } = world;
    const run = await troupe.start(world.worker, 2, { id: 'b' });
    writeFileSync(`${dir}/taken`, '');
    const before = await sightOf(world);
    const restoring = troupe.restore(snapshot, { deadline: 0, before: `${dir}/taken` });
    expect(await refusedError(settled(clock, restoring))).toMatchObject({
      code: 'SNAPSHOT_EXISTS',
    });
    expect(await sightOf(world)).toEqual(before);
    await clock.advance(3_600_000);
    expect(await run.result()).toBe(30);
  });

  test('bad options are refused, and calls after a stop', async () => {
    const { troupe, clock, snapshot } = await saved();
    // @ts-expect-error No such option.
    expect(await refusedError(troupe.restore(snapshot, { when: 'now' }))).toMatchObject({
      code: 'BAD_OPTION',
    });
    await settled(clock, troupe.stop());
    expect((await refusedError(troupe.restore(snapshot))).code).toBe('STOPPED');
    expect((await refusedError(troupe.snapshot(`${snapshot}2`))).code).toBe('STOPPED');
  });
});

describe('taking a snapshot', () => {
  test.each([
    ['a file that is there', 'SNAPSHOT_EXISTS', ({ snapshot }: Saved) => snapshot],
    ['a missing folder', 'SNAPSHOT_UNWRITABLE', ({ dir }: Saved) => `${dir}/no/a.db`],
    ['a folder', 'SNAPSHOT_UNWRITABLE', ({ dir }: Saved) => dir],
    ['the journal', 'SNAPSHOT_UNWRITABLE', ({ journal }: Saved) => journal],
    ['the lock of the journal', 'SNAPSHOT_UNWRITABLE', ({ journal }: Saved) => `${journal}-lock`],
    ['its rollback', 'SNAPSHOT_UNWRITABLE', ({ journal }: Saved) => `${journal}-journal`],
    ['its room', 'SNAPSHOT_UNWRITABLE', ({ journal }: Saved) => `${journal}-room`],
    ['nothing', 'SNAPSHOT_UNWRITABLE', () => ''],
  ])('to %s is refused, and leaves no file', async (_, code, place) => {
    const world = await saved();
    const files = readdirSync(world.dir);
    expect((await refusedError(world.troupe.snapshot(place(world)))).code).toBe(code);
    expect(readdirSync(world.dir)).toEqual(files);
  });

  test('only a snapshot is overwritten, never another file', async () => {
    const { troupe, dir, journal, snapshot } = await saved();
    copyFileSync(journal, `${dir}/copy.db`);
    for (const path of [`${dir}/copy.db`, journal, `${journal}-head`]) {
      const error = await refusedError(troupe.snapshot(path, { overwrite: true }));
      expect(error.code).toBe('SNAPSHOT_UNWRITABLE');
    }
    const { ino } = statSync(snapshot);
    await troupe.snapshot(snapshot, { overwrite: true });
    expect(statSync(snapshot).ino).not.toBe(ino);
  });

  test('two at once to one place: one of them is written', async () => {
    const { troupe, dir } = await saved();
    const both = [troupe.snapshot(`${dir}/b.db`), troupe.snapshot(`${dir}/b.db`)];
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(readdirSync(dir).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('a snapshot is one file for this user only, and does not open as a journal', async () => {
    const { dir, snapshot } = await saved();
    expect(statSync(snapshot).mode & 0o777).toBe(0o600);
    chmodSync(snapshot, 0o400);
    const files = readdirSync(dir);
    const opened = createTroupe({ journal: snapshot, name: 'shop' });
    expect((await refusedError(opened)).code).toBe('JOURNAL_IS_SNAPSHOT');
    const reader = await openReader(snapshot);
    expect(reader.byAddress('run/worker/a')?.status).toBe('BLOCKED');
    reader.close();
    expect(readdirSync(dir)).toEqual(files);
  });
});
