/** What the disk is like where a journal lies: rights, room, and who else may look. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../src/journal/index.ts';
import { folder, newFile } from '../journal/files.ts';
import { endure } from './kit/endure.ts';

const scriptOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The names of a folder's files, with their rights. */
const rightsIn = (path: string): string[] =>
  readdirSync(path).map(
    (name) => `${name} ${(statSync(join(path, name)).mode & 0o777).toString(8)}`,
  );

test('given umask 000, then all files of a journal are for this user only', async () => {
  const path = newFile();
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      'umask 000; exec "$@"',
      'sh',
      process.execPath,
      scriptOf('kit/writer.ts'),
      path,
      'power',
      '1000',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  expect(line).toBe('working');
  const rights = rightsIn(dirname(path)).filter((file) => !file.startsWith('acknowledged'));
  child.kill('SIGKILL');
  await closed;
  expect(rights.map((file) => file.split(' ')[0])).toEqual(
    expect.arrayContaining([
      'team.db',
      'team.db-head',
      'team.db-lock',
      'team.db-shm',
      'team.db-wal',
    ]),
  );
  expect(rights.filter((file) => !file.endsWith(' 600'))).toEqual([]);
});

test('given a read-only journal or folder, then it is refused, and nothing changes', async ({
  skip,
}) => {
  if (process.platform === 'win32') skip('Windows has no such permissions');
  const isRoot = process.getuid?.() === 0;
  const nobody = 65_534;
  const path = newFile();
  (await openJournal(path)).close();
  const files = (): string[] => readdirSync(dirname(path)).map((name) => join(dirname(path), name));
  if (isRoot) for (const file of [...files(), dirname(path)]) chownSync(file, nobody, nobody);
  const told = (): string => {
    const given = [scriptOf('../journal/sqlite/owner-process.ts'), path, 'try'];
    const user = isRoot ? { uid: nobody, gid: nobody } : {};
    return spawnSync(process.execPath, given, { encoding: 'utf8', ...user }).stdout.trim();
  };
  const before = rightsIn(dirname(path)).map((file) => file.split(' ')[0]);
  chmodSync(path, 0o400);
  expect(told()).toBe('JOURNAL_UNREADABLE');
  chmodSync(path, 0o600);
  chmodSync(dirname(path), 0o500);
  expect(told()).toBe('JOURNAL_UNREADABLE');
  chmodSync(dirname(path), 0o700);
  expect(readdirSync(dirname(path))).toEqual(before);
  expect(told()).toBe('open');
});

test('given a real full disk, then all are told, and with room the team goes on', async ({
  skip,
}) => {
  const disk = folder();
  const given = ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk];
  const { status } = spawnSync('mount', given, { stdio: 'ignore' });
  if (status !== 0) return skip('a small tmpfs can only be mounted by root');
  onTestFinished(() => void spawnSync('umount', ['-l', disk]));
  const ballast = join(disk, 'ballast');
  const trouble = {
    arm(): void {
      for (let bytes = 1 << 20; bytes >= 4_096; ) {
        try {
          writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' });
        } catch {
          bytes /= 2;
        }
      }
    },
    mend: () => rmSync(ballast),
  };
  expect(await endure(join(disk, 'team.db'), trouble)).toMatchObject({
    refused: ['JOURNAL_FULL'],
    waiter: 'JOURNAL_FULL',
    after: 'JOURNAL_FULL',
    stopped: 'nothing',
    wrong: [],
  });
});
