/** Trimming of a journal, piece by piece: bounded work, whole families, a chain that goes on. */
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { rowHash } from '../../src/journal/chain.ts';
import {
  type Journal,
  type Keep,
  memoryJournal,
  openJournal,
  simulatedDisk,
} from '../../src/journal/index.ts';
import { asAddress, limits } from '../../src/protocol/index.ts';
import { newFile } from '../journal/files.ts';
import { commit, letter, mail, record, row, step, timer, turn } from '../journal/fixtures.ts';

const kinds = {
  memory: async () => memoryJournal(),
  sqlite: () => openJournal(newFile(), { durability: 'process' }),
} as const;

/** Trims until nothing is left to cut; how many pieces that took. */
function trimAll(journal: Journal, keep: Keep): number {
  for (let pieces = 1; ; pieces += 1) if (journal.trim(keep)?.more !== true) return pieces;
}

/** An ended run with many below it. */
function largeFamily(journal: Journal, members: number): void {
  const root = record({ actor: 1, last: 1, done: true, address: asAddress('run/lead/1') });
  const below = Array.from({ length: members }, (_, n) =>
    record({
      ...{ actor: n + 2, last: n + 2, done: true },
      ...{ parent: 'run/lead/1', address: asAddress(`run/lead/1/s${n}`) },
    }),
  );
  const actors = [root, ...below];
  const steps = actors.map(({ actor }) => step({ actor, step: 'a' }));
  commit(journal, { rows: actors.map(({ actor }) => row({ seq: actor, actor })), actors, steps });
}

for (const [name, open] of Object.entries(kinds)) {
  test(`given many rows in ${name}, then a piece cuts as many as its bound says`, async () => {
    const journal = await open();
    const rows = Array.from({ length: 1_800 }, (_, n) => row({ seq: n + 1, previous: n }));
    commit(journal, { rows, actors: [record({ last: 1_800 })] });
    expect(journal.trim({ rows: 100 })).toEqual({ more: true });
    expect(journal.anchor().seq).toBe(limits.trimRows);
    expect(trimAll(journal, { rows: 100 })).toBe(3);
    expect(journal.extent()).toMatchObject({ rows: 100, cut: 1_700 });
    journal.close();
  });

  test(`given large texts in ${name}, then a piece is bounded by them, too`, async () => {
    const journal = await open();
    const body = 'x'.repeat(limits.trimChars / 4);
    const rows = Array.from({ length: 20 }, (_, n) => row({ seq: n + 1, previous: n, body }));
    commit(journal, { rows, actors: [record({ last: 20 })] });
    journal.trim({ rows: 0 });
    expect(journal.anchor().seq).toBe(4);
    journal.close();
  });

  test(`given a large family in ${name}, then it goes in pieces, its root at last`, async () => {
    const journal = await open();
    largeFamily(journal, 1_000);
    let pieces = 0;
    for (let more = true; more; pieces += 1) {
      more = journal.trim({ runs: 0 })?.more === true;
      const left = journal.actors({}).length;
      expect(left === 0 || journal.byAddress('run/lead/1') !== undefined).toBe(true);
      expect(journal.steps(1)).toHaveLength(left === 0 ? 0 : 1);
    }
    expect(pieces).toBeGreaterThan(4);
    expect(journal.actors({})).toEqual([]);
    expect(journal.heads().actor).toBe(1_001);
    journal.close();
  });

  test(`given a family in ${name} of which one lives, then all of it stays`, async () => {
    const journal = await open();
    largeFamily(journal, 30);
    const living = { actor: 40, parent: 'run/lead/1', address: asAddress('run/lead/1/x') };
    commit(journal, turn(32, living));
    trimAll(journal, { runs: 0 });
    expect(journal.actors({})).toHaveLength(32);
    commit(journal, turn(33, { ...living, last: 32, done: true }));
    trimAll(journal, { runs: 0 });
    expect(journal.actors({})).toEqual([]);
    journal.close();
  });

  test(`given mail or a timer of an ended run in ${name}, then neither is lost`, async () => {
    const journal = await open();
    commit(journal, { ...turn(1, { done: true }), waiting: [mail({ mail: 1 })] });
    const other = turn(2, { actor: 2, done: true });
    commit(journal, { ...other, timersArmed: [timer({ timer: 'a', actor: 2 })] });
    trimAll(journal, { rows: 0, runs: 0, letters: 0 });
    expect(
      [journal.actors({}), journal.waiting(), journal.timers()].map((all) => all.length),
    ).toEqual([2, 1, 1]);
    commit(journal, { taken: [1], timersCleared: [{ actor: 2, timer: 'a' }] });
    trimAll(journal, { runs: 0 });
    expect(journal.actors({})).toEqual([]);
    journal.close();
  });

  test(`given a run in ${name} that somebody holds, then it stays alone`, async () => {
    const journal = await open();
    for (const actor of [1, 2, 3]) commit(journal, turn(actor, { actor, done: true }));
    trimAll(journal, { runs: 0, isHeld: ({ actor }) => actor === 1 });
    expect(journal.actors({}).map(({ actor }) => actor)).toEqual([1]);
    journal.close();
  });

  test(`given dead letters in ${name}, then what became of them goes with them`, async () => {
    const journal = await open();
    const system = turn(1, { address: asAddress('system'), kind: 'system' });
    const dead = [1, 2, 3].map((number) => letter({ letter: number }));
    const steps = dead.map(({ letter: number }) => step({ step: `~letter/${number}` }));
    commit(journal, { ...system, dead, steps });
    trimAll(journal, { letters: 1 });
    expect(journal.deadLetters(9).map((one) => one.letter)).toEqual([3]);
    expect(journal.steps(1).map((one) => one.step)).toEqual(['~letter/3']);
    journal.close();
  });
}

/** What a file holds, read past the journal. */
function lookInto(file: string) {
  const db = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => db.close());
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const meta = (key: string) =>
    String(db.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.value);
  return { db, number, meta };
}

test('given a cut history, even a whole one, then the chain goes on from the anchor', async () => {
  const file = newFile();
  let journal = await openJournal(file);
  for (let seq = 1; seq <= 10; seq += 1) commit(journal, turn(seq, { last: seq - 1 }));
  trimAll(journal, { rows: 4 });
  expect(journal.anchor()).toEqual({ seq: 6, hash: lookInto(file).meta('anchor_hash') });
  trimAll(journal, { rows: 0 });
  journal.close();
  journal = await openJournal(file);
  expect(journal.heads().seq).toBe(10);
  commit(journal, turn(11, { last: 10 }));
  const { hash } = journal.anchor();
  const [next] = journal.rows(0, 9);
  expect(next?.seq).toBe(11);
  if (next === undefined) return;
  expect(lookInto(file).db.prepare('SELECT hash FROM history').get()?.hash).toBe(
    rowHash(hash, next),
  );
  journal.close();
});

test('given a trim that fails, then nothing is cut and the journal ends', async () => {
  const file = newFile();
  const journal = await openJournal(file);
  for (let seq = 1; seq <= 10; seq += 1) commit(journal, turn(seq, { actor: seq, done: true }));
  const isHeld = (): boolean => {
    throw new RangeError('not now');
  };
  const failure = expect.objectContaining({ code: 'JOURNAL_FAILED' });
  expect(() => trimAll(journal, { rows: 4, runs: 0, isHeld })).toThrow(failure);
  expect(() => journal.begin()).toThrow(failure);
  journal.close();
  const again = await openJournal(file);
  expect([again.extent().rows, again.actors({}).length]).toEqual([10, 10]);
  trimAll(again, { rows: 4, runs: 0 });
  expect([again.extent().rows, again.actors({}).length]).toEqual([4, 0]);
  again.close();
});

test('given a crash around each piece, then the next process goes on where it was', () => {
  for (const moment of ['before', 'after'] as const) {
    let left = 3;
    const disk = simulatedDisk({
      onTrim(now) {
        if (now !== moment) return;
        left -= 1;
        if (left === 0) throw new RangeError('crash');
      },
    });
    largeFamily(disk.open(), 900);
    expect(() => trimAll(disk.open(), { rows: 0, runs: 0 })).toThrow('crash');
    const journal = disk.open();
    expect(journal.byAddress('run/lead/1')?.done).toBe(true);
    trimAll(journal, { rows: 0, runs: 0 });
    expect([journal.actors({}), journal.extent()]).toMatchObject([[], { rows: 0, cut: 901 }]);
  }
});

test('given another connection that writes, then a trim waits for another time', async () => {
  const file = newFile();
  const journal = await openJournal(file);
  for (let seq = 1; seq <= 10; seq += 1) commit(journal, turn(seq, { last: seq - 1 }));
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  expect(journal.trim({ rows: 1 })).toBeUndefined();
  other.exec('ROLLBACK');
  other.close();
  expect(journal.trim({ rows: 1 })).toEqual({ more: false, rowAt: 1_010 });
  journal.close();
});

test('given a steady load and a bound, then the file stops growing', async () => {
  const file = newFile();
  const journal = await openJournal(file, { durability: 'process' });
  const pages: number[] = [];
  let seq = 0;
  for (let round = 0; round < 12; round += 1) {
    for (let n = 0; n < 100; n += 1) {
      const rows = [1, 2, 3].map((one) =>
        row({ seq: seq + one, actor: seq, previous: one === 1 ? 0 : seq + one - 1 }),
      );
      const ended = record({ actor: seq, last: seq + 3, done: true });
      commit(journal, { rows, actors: [ended], steps: [step({ actor: seq, step: 'a' })] });
      seq += 3;
    }
    trimAll(journal, { rows: 200, runs: 50 });
    pages.push(lookInto(file).number('PRAGMA page_count'));
  }
  expect(Math.max(...pages.slice(3))).toBe(Math.max(...pages.slice(0, 3)));
  expect(journal.extent().rows).toBe(200);
  journal.close();
});
