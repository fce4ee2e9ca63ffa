/**
 * A disk that fails: each call of the system that a journal depends on is refused, while the team
 * runs and when it starts. All teams run one after the other in one process.
 */
import { expect, test } from 'vitest';
import { inTrouble } from './kit/in-trouble.ts';
import { withLibrary } from './kit/with-library.ts';

const library = withLibrary();

/** Numbers of errors as Linux has them. */
const errno = { io: 5, access: 13, full: 28, quota: 122, half: -1 } as const;

/** Everybody was told this code, in time, and after it nothing was lost. */
const told = (code: string) => ({
  refused: [code],
  waiter: code,
  after: code,
  stopped: 'nothing',
  wrong: [],
});

/** The team went on as if nothing had happened. */
const unharmed = { refused: [], after: 'nothing', stopped: 'nothing', wrong: [] };

const running: Readonly<Record<string, readonly [fault: string, expected: object]>> = {
  'a commit that is not synced, once': [`sync 1 ${errno.io} once -wal`, told('JOURNAL_FAILED')],
  'a later commit that is not synced': [`sync 2 ${errno.io} on *`, told('JOURNAL_FAILED')],
  'a full disk': [`write 1 ${errno.full} on *`, told('JOURNAL_FULL')],
  'a disk that is full in a commit': [`write 3 ${errno.full} once -wal`, told('JOURNAL_FULL')],
  'a quota that is used up': [`write 1 ${errno.quota} on *`, told('JOURNAL_FULL')],
  'a write error': [`write 1 ${errno.io} on -wal`, told('JOURNAL_FAILED')],
  'writes that write only half': [`write 1 ${errno.half} on -wal`, told('JOURNAL_FULL')],
  'one write that writes only half': [`write 1 ${errno.half} once -wal`, unharmed],
};

const starting: Readonly<Record<string, readonly [fault: string, code: string]>> = {
  'a read error': [`read 1 ${errno.io} on *`, 'JOURNAL_FAILED'],
  'a file that is not synced': [`sync 1 ${errno.io} on *`, 'JOURNAL_FAILED'],
  'a write error': [`write 1 ${errno.io} on *`, 'JOURNAL_FAILED'],
  'a full disk': [`write 1 ${errno.full} on *`, 'JOURNAL_FULL'],
  'a folder that takes no more files': [`open 1 ${errno.full} on *`, 'JOURNAL_FULL'],
  'a folder without permission': [`open 1 ${errno.access} on *`, 'JOURNAL_UNREADABLE'],
};

let found: Promise<unknown[]> | undefined;

/** All troubles, those of running teams first. */
function allFound(preload: string): Promise<unknown[]> {
  const lines = (when: string, cases: object): string[] =>
    Object.values(cases).map(([fault], index) => `${when}-${index} ${when} ${fault}`);
  found ??= inTrouble(preload, [...lines('run', running), ...lines('start', starting)]);
  return found;
}

test('given a fault, then all who wait are told its code, and a new start goes on', async ({
  skip,
}) => {
  const all = await allFound(library(skip));
  for (const [index, [name, [, expected]]] of Object.entries(running).entries()) {
    expect(all[index], name).toMatchObject(expected);
  }
});

test('given a fault, then the start is refused by its code, and a later one goes on', async ({
  skip,
}) => {
  const all = (await allFound(library(skip))).slice(Object.keys(running).length);
  for (const [index, [name, [, code]]] of Object.entries(starting).entries()) {
    expect(all[index], name).toMatchObject({ refused: code, wrong: [] });
  }
});
