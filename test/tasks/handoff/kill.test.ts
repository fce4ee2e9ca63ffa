/** A handoff whose process is killed (`kill -9`) at its commits goes on as if it were not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openReader } from '../../../src/journal/index.ts';
import { newFile } from '../../journal/files.ts';

const script = fileURLToPath(new URL('handoff-process.ts', import.meta.url));

interface Told {
  readonly isKilled: boolean;
  /** Keys of the steps whose functions ran. */
  readonly did: readonly string[];
  readonly commits: number;
  readonly result: unknown;
}

/** Runs the program on a journal; kills it when it halts. */
async function ran(journal: string, ...halt: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, [script, journal, ...halt], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const told = { isKilled: false, did: [] as string[], commits: 0, result: undefined as unknown };
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = '', rest = ''] = line.split(/ (.*)/s);
    if (word === 'did') told.did.push(rest);
    else if (word === 'commits') told.commits = Number(rest);
    else if (word === 'result') told.result = JSON.parse(rest);
    else if (child.pid !== undefined) told.isKilled = process.kill(child.pid, 'SIGKILL');
  }
  const [code, signal] = await closed;
  expect([code, signal]).toEqual(told.isKilled ? [null, 'SIGKILL'] : [0, null]);
  return told;
}

/** Keys of the steps that are recorded in a journal. */
async function recordedIn(file: string): Promise<string[]> {
  const reader = await openReader(file);
  try {
    const run = reader.byAddress('run/novice/x');
    return reader.steps(run?.actor ?? 0).map(({ step }) => `novice/x/${step}`);
  } finally {
    reader.close();
  }
}

test('given a kill at a commit, then it moves once and does no recorded step again', async () => {
  const calm = await ran(newFile());
  expect(calm.result).toMatchObject({
    result: [{ from: 'novice', number: 1, steps: { find: 'novice/x/find' } }, 'novice/x/find~h1'],
    assignedTo: 'expert',
    handoffs: 1,
    known: [['novice/x/1', 'ACCEPTED']],
  });
  expect(calm.did).toEqual(['novice/x/find', 'novice/x/find~h1']);
  // Every third one: the simulated disk crashes at all of them.
  const all = Array.from({ length: calm.commits }, (_, index) => index + 1);
  const commits = all.filter((commit) => commit % 3 === 1);
  const killed = async (commit: number): Promise<number> => {
    const file = newFile();
    const first = await ran(file, String(commit), commit % 2 === 0 ? 'before' : 'after');
    if (!first.isKilled) return 0;
    const recorded = await recordedIn(file);
    const second = await ran(file);
    expect(second.result).toEqual(calm.result);
    for (const key of second.did) expect(recorded).not.toContain(key);
    return 1;
  };
  let kills = 0;
  for (let at = 0; at < commits.length; at += 2) {
    const some = await Promise.all(commits.slice(at, at + 2).map(killed));
    kills += some.reduce((sum, one) => sum + one, 0);
  }
  expect(kills).toBeGreaterThan(3);
});
