/** A process under load is told to end (SIGTERM) while senders go on sending, twice. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newFile } from '../../journal/files.ts';
import { Siege } from './siege.ts';

test('given SIGTERM under load, then all is acknowledged and there, or refused', async () => {
  const seed = Number(process.env.TROUPE_SEED ?? 1);
  const again = `to see it again: TROUPE_SEED=${seed} npx vitest run test/crash/load/stop.test.ts`;
  const path = newFile();
  const siege = new Siege({
    path,
    seed,
    spawned: (child) => onTestFinished(() => void child.kill('SIGKILL')),
  });
  for (const acks of [15, 90]) {
    await siege.stopped(acks);
    const left = readdirSync(dirname(path)).filter((name) => /-(wal|shm)$/.test(name));
    expect(left, `closed in order; ${again}`).toEqual([]);
    expect(await siege.books.check(), again).toEqual([]);
    expect(await siege.books.checkRefused(), again).toEqual([]);
  }
  expect(new Set(siege.books.refused.values()), again).toEqual(new Set(['STOPPED']));
  expect(siege.books.acknowledged.size).toBeGreaterThan(100);
  await siege.drained();
  expect(await siege.books.checkEnd(), again).toEqual([]);
});
