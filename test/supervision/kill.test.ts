/** A supervised team whose process is killed, at one commit after the other, goes on as it was. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { newFile } from '../journal/files.ts';

const script = fileURLToPath(new URL('./supervised-process.ts', import.meta.url));

/** Runs the team until it says something, and kills it then; what it said. */
async function saidBefore(...given: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [script, ...given], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  try {
    for await (const line of createInterface({ input: child.stdout })) return line;
    return 'ended';
  } finally {
    child.kill('SIGKILL');
  }
}

test('given kills at one commit after the other, then it goes on as if undisturbed', async () => {
  const undisturbed = await saidBefore(newFile());
  expect(JSON.parse(undisturbed.slice(5))).toEqual({
    status: 'running',
    children: ['a', 'b'].map((id) => ({
      id,
      type: 'worker',
      restart: 'permanent',
      starts: 3,
      state: 'running',
    })),
  });
  const file = newFile();
  const said: string[] = [];
  for (const commit of [3, 4, 5, 5, 6]) {
    said.push(await saidBefore(file, String(commit), commit % 2 === 0 ? 'before' : 'after'));
  }
  expect(said.filter((line) => line === 'halt').length).toBeGreaterThan(2);
  expect(await saidBefore(file)).toBe(undisturbed);
}, 60_000);
