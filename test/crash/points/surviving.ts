/** Lives with crashes come to the end of the undisturbed one; else it is told how to see it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { newFile } from '../../journal/files.ts';
import { type Disk, simulated, sqlite } from './disks.ts';
import { type Lived, type LivesOptions, lived } from './lives.ts';
import type { Crash } from './outside.ts';

/** The disks by name. */
export const disks = { simulated, sqlite } satisfies Readonly<Record<string, () => Disk>>;
export type DiskName = keyof typeof disks;

export const moments = ['before', 'after'] as const;

/** The undisturbed lives, by their options. */
const calm = new Map<string, Lived>();

/** Lives without a crash. */
export async function undisturbed(options: LivesOptions = {}): Promise<Lived> {
  const name = JSON.stringify({ ...options, crashes: [] });
  const known = calm.get(name) ?? (await lived(simulated(), { ...options, crashes: [] }));
  calm.set(name, known);
  return known;
}

/** Lives with crashes, and holds what comes of it to what comes without them. */
export async function survived(name: DiskName, options: LivesOptions): Promise<Lived> {
  const again = `to see it again: survived('${name}', ${JSON.stringify(options)})`;
  const { end } = await undisturbed(options);
  const disturbed = await lived(disks[name](), options).catch((cause) =>
    expect.fail(`${again}: ${cause}`),
  );
  expect(disturbed.wrongs, again).toEqual([]);
  expect(disturbed.end, again).toEqual(end);
  expect(disturbed.lives, again).toBeGreaterThan(1);
  return disturbed;
}

/** Every place of an undisturbed life at which the process can end. */
export function places({ commits, deeds }: Pick<Lived, 'commits' | 'deeds'>): Crash[] {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  return moments.flatMap((moment) => [
    ...numbers(commits).map((at): Crash => ({ of: 'commit', at, moment })),
    ...numbers(deeds).map((at): Crash => ({ of: 'deed', at, moment })),
  ]);
}

/** One of so many, the first included. */
export const each = <One>(step: number, all: readonly One[]): One[] =>
  all.filter((_, index) => index % step === 0);

const script = fileURLToPath(new URL('./point-process.ts', import.meta.url));

/** The same in processes that are really killed, on a real file. */
export async function survivedKills(options: LivesOptions): Promise<void> {
  const again = `to see it again: survivedKills(${JSON.stringify(options)})`;
  const crashes = options.crashes?.length ?? 0;
  const path = newFile();
  const args = [script, path, `${path}-state`, JSON.stringify(options)];
  const ends: string[] = [];
  for (let life = 0; life <= crashes; life += 1) {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const closed = once(child, 'close');
    const out = await text(child.stdout);
    const [code, signal] = await closed;
    ends.push(signal ?? code);
    if (signal === 'SIGKILL') continue;
    expect(ends, again).toEqual([...Array(crashes).fill('SIGKILL'), 0]);
    const { end } = await undisturbed(options);
    const plain = JSON.parse(JSON.stringify(end));
    expect(JSON.parse(out), again).toEqual({ end: plain, wrongs: [], lives: crashes + 1 });
    return;
  }
  expect(ends, again).toEqual('it comes to its end');
}
