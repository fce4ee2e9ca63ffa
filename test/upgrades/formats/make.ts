/**
 * Makes journals of the format that the code beside writes, as README.md says: `node make.ts
 * FOLDER` makes `closed.db`, which was closed in order, and `killed.db` with its write-ahead log,
 * whose process was killed, each compressed, and tells in `seen.json` what is to be seen of each
 * before and after its last process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { play, seen, start, stop } from './story.ts';

const [folder = '.', file = ''] = process.argv.slice(2);
if (file === '') await make(folder);
else await live(file);

/** The second process of the story, up to where it is killed. */
async function live(file: string): Promise<void> {
  await play(2, file);
  process.send?.('there');
  process.on('message', () => {});
}

async function make(folder: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'journals-'));
  const closed = join(work, 'closed.db');
  for (const number of [1, 2] as const) await stop(await play(number, closed));
  const killed = join(work, 'killed.db');
  await stop(await play(1, killed));
  const child = fork(import.meta.filename, [folder, killed]);
  await once(child, 'message');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const kept = /^(closed\.db|closed\.db-head|killed\.db|killed\.db-wal|killed\.db-head)$/;
  for (const name of readdirSync(work).filter((found) => kept.test(found))) {
    writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(work, name))));
  }
  const told = { closed: await ending(closed), killed: await ending(killed) };
  writeFileSync(join(folder, 'seen.json'), `${JSON.stringify(told)}\n`);
  rmSync(work, { recursive: true });
}

/** What is to be seen before and after the last process, which ends all. */
async function ending(file: string): Promise<unknown> {
  const first = await start(3, file);
  const before = await seen(first);
  await stop(first);
  const last = await play(3, file);
  const after = await seen(last);
  await stop(last);
  return { before, after };
}
