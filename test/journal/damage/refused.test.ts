/** Journals that were cut or changed: starts are refused, verifying names the first bad record. */
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { createTroupe } from '../../../src/index.ts';
import { removeHead } from '../../../src/journal/checks/index.ts';
import { openJournal, openReader, verifyJournal } from '../../../src/journal/index.ts';
import { fakeTerminal } from '../../cli/terminal.ts';
import { commit, turn } from '../fixtures.ts';
import {
  closedJournal,
  copied,
  fill,
  flip,
  killedJournal,
  rowsFilled,
  sql,
  told,
} from './journals.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const refused = (journal: string, name: string) =>
  expect(createTroupe({ journal })).rejects.toThrow(code(name));

/** A journal that is not sealed, so that only rows, chain and head speak. */
async function unsealed(): Promise<string> {
  const path = await closedJournal();
  removeHead(path);
  return path;
}

test('given an older copy, then the start is refused until the head is removed', async () => {
  const path = await closedJournal();
  const older = copied(path);
  const journal = await openJournal(path);
  fill(journal, 1 + rowsFilled);
  journal.close();
  copyFileSync(older, path);
  expect(told(path)[0]).toBe('history 31: it is cut off: the head names row 60 as the last');
  const refusal = expect(createTroupe({ journal: path })).rejects;
  await refusal.toMatchObject({ code: 'JOURNAL_CUT', data: { row: 30, head: 60 } });
  await refused(path, 'JOURNAL_CUT');
  removeHead(path);
  expect(told(path)).toEqual([]);
  const again = await openJournal(path);
  expect(again.heads().seq).toBe(30);
  again.close();
  expect(told(path)).toEqual([]);
});

test('given a killed journal without its log, then the start is refused', async () => {
  const path = await killedJournal();
  expect(told(path)).toEqual([]);
  const whole = copied(path);
  rmSync(`${path}-wal`);
  expect(told(path)[0]).toBe('history 31: it is cut off: the head names row 60 as the last');
  await refused(path, 'JOURNAL_CUT');
  (await openJournal(whole)).close();
  expect(told(whole)).toEqual([]);
});

test('given a log cut in the middle, then the start is refused', async () => {
  const path = await killedJournal();
  truncateSync(`${path}-wal`, readFileSync(`${path}-wal`).length / 2);
  expect(told(path)[0]).toMatch(/^history \d+: it is cut off: the head names row 60/);
  await refused(path, 'JOURNAL_CUT');
});

test('given a journal that is gone while its head is there, then none is made anew', async () => {
  const path = await closedJournal();
  rmSync(path);
  await refused(path, 'JOURNAL_CUT');
  expect(existsSync(path)).toBe(false);
  removeHead(path);
  (await openJournal(path)).close();
});

test('given durability process, then the head claims what a checkpoint has synced', async () => {
  const path = await killedJournal('process');
  rmSync(`${path}-wal`);
  const again = await openJournal(path);
  expect(again.heads().seq).toBe(rowsFilled);
  again.close();
});

test.each([
  ['DELETE FROM history WHERE seq > 20', 'history 21: it is cut off'],
  ['DELETE FROM history WHERE seq = 12', 'history 12: it is missing'],
  ["UPDATE history SET body = '{}' WHERE seq = 9", 'history 9: its hash'],
  ['UPDATE history SET at = at + 1 WHERE seq = 9', 'history 9: its hash'],
  ['UPDATE history SET seq = -1 WHERE seq = 8', 'history 8: it is missing'],
  [
    'UPDATE history SET seq = 99 WHERE seq = 8; UPDATE history SET seq = 8 WHERE seq = 9; ' +
      'UPDATE history SET seq = 9 WHERE seq = 99',
    'history 8: its hash',
  ],
  [
    'INSERT INTO history SELECT 31, actor, previous, at, type, status, body, hash ' +
      'FROM history WHERE seq = 30',
    'history 31: its hash',
  ],
  ["UPDATE actor_records SET status = 'COMPLETED' WHERE actor = 2", 'actor_records 2: its hash'],
  ["UPDATE actor_inputs SET body = '{}' WHERE actor = 2", 'actor_records 2: its hash'],
  ['DELETE FROM actor_inputs WHERE actor = 2', 'actor_records 2: a column'],
  ['UPDATE mail_records SET lane = 1 WHERE mail = 3', 'mail_records 3: its hash'],
  ["UPDATE step_records SET body = '2'", 'step_records 1 s12: its hash'],
  ['UPDATE timer_records SET due = 1', 'timer_records 1 t30: its hash'],
  ["UPDATE letter_records SET detail = 'x' WHERE letter = 7", 'letter_records 7: its hash'],
  ["UPDATE meta SET value = 'other' WHERE key = 'workspace'", 'meta hash'],
  ['DROP VIEW tasks', 'meta hash'],
])('given %s by another program, then that is named and the start refused', async (text, what) => {
  const sealed = await closedJournal();
  const left = await killedJournal();
  sql(sealed, text);
  expect(told(sealed)[0]).toContain(what);
  const name = what.endsWith('cut off') ? 'JOURNAL_CUT' : 'JOURNAL_DAMAGED';
  await refused(sealed, name);
  // The log of a killed journal, too.
  sql(left, text.replaceAll('seq > 20', 'seq > 50').replaceAll('31, actor', '61, actor'));
  expect(told(left)).not.toEqual([]);
  await expect(openJournal(left)).rejects.toThrow(/damaged|was cut/);
});

test('given a change that no row tells, then the seal of an orderly end does', async () => {
  const path = await closedJournal();
  sql(path, 'VACUUM');
  expect(told(path)).toEqual([
    'file bytes: they are not those of the file that was closed in order',
  ]);
  await refused(path, 'JOURNAL_DAMAGED');
});

test('given a head that is missing, then the start tells what is not seen, once', async () => {
  const path = await unsealed();
  const warnings: string[] = [];
  const log = { warn: (text: string) => void warnings.push(text) };
  (await openJournal(path, { log })).close();
  expect(warnings).toEqual([expect.stringContaining('has no head file')]);
  (await openJournal(path, { log })).close();
  expect(warnings).toHaveLength(1);
});

test('given a head that is broken, then the start is refused; half of it is told', async () => {
  const path = await closedJournal();
  const head = readFileSync(`${path}-head`);
  for (const broken of ['', 'x'.repeat(head.length), head.subarray(100, 300)]) {
    writeFileSync(`${path}-head`, broken);
    expect(told(path)[0]).toMatch(/^head file/);
    await refused(path, 'JOURNAL_DAMAGED');
  }
  writeFileSync(`${path}-head`, head);
  flip(`${path}-head`, 4_096 * 8 + 100);
  const warnings: string[] = [];
  const log = { warn: (text: string) => void warnings.push(text) };
  (await openJournal(path, { log })).close();
  expect(warnings).toEqual([expect.stringContaining('one record of the head file')]);
  expect(told(path)).toEqual([]);
});

test('given a row damaged under a running owner, then its journal ends with that', async () => {
  const path = await closedJournal();
  const journal = await openJournal(path);
  sql(path, "UPDATE step_records SET body = '2'; DELETE FROM history WHERE seq = 7");
  const reader = await openReader(path);
  expect(() => reader.step(1, 's12')).toThrow(code('JOURNAL_DAMAGED'));
  expect(() => reader.history(2, 0)).toThrow(code('JOURNAL_DAMAGED'));
  reader.close();
  expect(() => journal.step(1, 's12')).toThrow(/step_records 1 s12: its hash does not fit/);
  expect(() => journal.heads()).toThrow(code('JOURNAL_DAMAGED'));
  expect(() => commit(journal, turn(31))).toThrow(code('JOURNAL_DAMAGED'));
  journal.close();
  await refused(path, 'JOURNAL_DAMAGED');
});

test('given an owner at work, then verifying beside it finds nothing', async () => {
  const path = await closedJournal();
  const journal = await openJournal(path);
  fill(journal, 1 + rowsFilled);
  const found = await verifyJournal(path);
  expect(found).toMatchObject({ ok: true, rows: 60, last: 60, anchor: 0, seal: 'open' });
  expect(found.notes).toHaveLength(1);
  fill(journal, 1 + 2 * rowsFilled);
  journal.close();
  expect(await verifyJournal(path)).toMatchObject({ ok: true, seal: 'intact', notes: [] });
});

test('given the command verify, then its exit code says whether all is well', async () => {
  const path = await closedJournal();
  const call = async (...args: string[]) => {
    const terminal = fakeTerminal();
    const exit = await main(['journal', path, 'verify', ...args], terminal);
    return { exit, out: terminal.shown.out };
  };
  expect(await call()).toMatchObject({
    exit: 0,
    out: expect.stringContaining('is sound: 30 rows'),
  });
  sql(path, 'UPDATE mail_records SET lane = 1 WHERE mail = 3');
  const { exit, out } = await call();
  expect(exit).toBe(1);
  expect(out).toContain(
    `${basename(dirname(path))}/team.db is damaged: 1 found.\n  mail_records 3:`,
  );
  const json = await call('--json');
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, count: 1, seal: 'broken' });
});
