/** Kills in the middle of snapshots and restores: the one content is there whole, or the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { verifyJournal } from '../../../src/journal/index.ts';
import { folder } from '../world.ts';
import { contentOf, copied, folderOf, isThere, prepare, teamIn } from './killed-team.ts';

const script = fileURLToPath(new URL('./killed-process.ts', import.meta.url));

async function killed(dir: string, call: number, deed: string): Promise<string> {
  const child = spawn(process.execPath, [script, dir, String(call), deed]);
  let said = '';
  let wrong = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    wrong += text;
  });
  const [, signal] = await once(child, 'close');
  expect(signal, wrong).toBe('SIGKILL');
  return said.trim();
}

/** The content of a team that starts on what a kill left; it must work on. */
async function contentAfter(dir: string): Promise<string> {
  const { journal } = folderOf(dir);
  const { problems } = await verifyJournal(journal);
  expect(problems).toEqual([]);
  const team = await teamIn(dir);
  const content = await contentOf(team);
  // Neither a snapshot nor a restore is hindered by what was left of the last one.
  await team.troupe.snapshot(folderOf(dir).saved, { overwrite: true });
  await team.troupe.restore(folderOf(dir).snapshot, { deadline: 0 });
  expect(await contentOf(team)).toBe('worker/a, 0 letters');
  await team.troupe.stop({ deadline: 0 });
  return content;
}

/**
 * Kills a process before some of the calls by which it touches the disk, as chosen among all.
 * Gives how many there were, and what was there after each kill.
 */
export async function killsIn(
  deed: 'snapshot' | 'restore',
  choose: (calls: number) => readonly number[],
): Promise<{ readonly contents: readonly string[]; readonly saved: readonly boolean[] }> {
  const made = folder();
  await prepare(made);
  const dir = `${folder()}/x`;
  const contents: string[] = [];
  const saved: boolean[] = [];
  const strike = async (call: number): Promise<string> => {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    copied(made, dir);
    const said = await killed(dir, call, deed);
    saved.push(isThere(dir));
    if (isThere(dir)) expect((await verifyJournal(folderOf(dir).saved)).problems).toEqual([]);
    contents.push(await contentAfter(dir));
    return said;
  };
  const calls = Number(await strike(0));
  for (const call of choose(calls)) expect(await strike(call)).toBe('');
  return { contents, saved };
}
