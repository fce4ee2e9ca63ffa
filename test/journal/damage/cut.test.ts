/** A journal that was cut anywhere is told as damage: at a start, by a look, and by `verify`. */
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { createTroupe } from '../../../src/index.ts';
import { removeHead } from '../../../src/journal/checks/index.ts';
import { openJournal } from '../../../src/journal/index.ts';
import { fakeTerminal } from '../../cli/terminal.ts';
import { refusedError } from '../../refusal.ts';
import { closedJournal, copied, killedJournal, told } from './journals.ts';

const pageBytes = 4_096;

/** Sizes at which a file of `size` bytes is cut: in its header, at pages, within others. */
function cuts(size: number): number[] {
  const pages = Array.from({ length: size / pageBytes }, (_, page) => page * pageBytes);
  const ends = pages.slice(1).map((at, index) => (index % 2 === 0 ? at : at + 1_000));
  return [20, 99, 100, 3_000, ...ends.filter((_, index) => index % 5 < 2)];
}

async function look(...args: string[]) {
  const terminal = fakeTerminal();
  const exit = await main(['journal', ...args], terminal);
  return { exit, ...terminal.shown };
}

test.each(['with', 'without'])('given a cut anywhere, %s its head, then damage', async (head) => {
  const whole = await closedJournal();
  if (head === 'without') removeHead(whole);
  for (const size of cuts(readFileSync(whole).length)) {
    const path = copied(whole);
    truncateSync(path, size);
    const left = readFileSync(path);
    const refusal = await refusedError(openJournal(path));
    expect({ size, code: refusal.code }).toEqual({ size, code: 'JOURNAL_DAMAGED' });
    expect(refusal.message).toMatch(/verify` on it, put back a copy, and look at the disk\.$/);
    expect(told(path)[0]).not.toMatch(/^JOURNAL|Check the path/);
    expect(readFileSync(path)).toEqual(left);
  }
});

test('given a file that lacks pages, then bytes left and bytes lost are told', async () => {
  const path = await closedJournal();
  removeHead(path);
  const { length } = readFileSync(path);
  truncateSync(path, 50_000);
  const problem = `it was cut: 50000 bytes are left of ${length}`;
  expect(await refusedError(createTroupe({ journal: path }))).toMatchObject({
    code: 'JOURNAL_DAMAGED',
    data: { table: 'file', key: 'header', problem },
  });
  const verified = await look(path, 'verify');
  expect(verified.exit).toBe(1);
  expect(verified.out).toContain(`is damaged: 1 found.\n  file header: ${problem}\n`);
  expect(verified.out).toContain('put back a copy');
  const looked = await look(path);
  expect(looked).toMatchObject({ exit: 1, out: '' });
  expect(looked.err).toMatch(/^\[JOURNAL_DAMAGED\]/);
});

test('given a first page that is no more, then only its head says it was a journal', async () => {
  const path = await closedJournal();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(7, 0, pageBytes));
  expect((await refusedError(openJournal(path))).code).toBe('JOURNAL_DAMAGED');
  expect(told(path)[0]).toMatch(/^file header: /);
  removeHead(path);
  expect((await refusedError(openJournal(path))).code).toBe('JOURNAL_FOREIGN');
  expect(existsSync(`${path}-head`)).toBe(false);
});

test('given a killed journal whose file was cut, then it is no fault of the path', async () => {
  const whole = await killedJournal();
  for (const size of cuts(readFileSync(whole).length)) {
    const path = copied(whole);
    truncateSync(path, size);
    // The log may hold all that was cut away.
    const opening = openJournal(path).then(
      (journal) => {
        journal.close();
        return 'whole';
      },
      (error: unknown) => error,
    );
    const end = await opening;
    if (end === 'whole') expect({ size, told: told(path) }).toEqual({ size, told: [] });
    else expect(end).toMatchObject({ code: expect.stringMatching(/DAMAGED|CUT/) });
  }
});
