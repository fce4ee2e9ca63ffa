/**
 * Days of waiting, in processes that are killed (`kill -9`) after each decision: other processes on
 * the same journal, days later, know what was decided, remind and expire.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openReader } from '../../src/journal/index.ts';
import { newFile } from '../journal/files.ts';

const script = fileURLToPath(new URL('./kill-process.ts', import.meta.url));

/** What a process reports until it is ready; then it is killed. */
async function reported(path: string, hours: number, ...acts: string[]): Promise<unknown[]> {
  const child = spawn(process.execPath, [script, path, String(hours), ...acts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const told: unknown = JSON.parse(line);
    if (told === 'ready') child.kill('SIGKILL');
    else lines.push(told);
  }
  await closed;
  return lines;
}

test('given kills and days between decisions, then each stands, and silence expires', async () => {
  const path = newFile();
  expect(await reported(path, 0, 'decide law yes lea')).toEqual([['law', 'done']]);
  const open = ['style OPEN true', 'law DECIDED false', 'late OPEN true'];
  const [list, again] = await reported(path, 30, 'list', 'decide law no leo');
  expect(list).toEqual(open);
  expect(again).toMatchObject(['law', ['ALREADY_DECIDED', { by: 'lea', decision: 'approved' }]]);
  expect(await reported(path, 40, 'decide style yes ann')).toEqual([['style', 'done']]);
  const [end, late, last] = await reported(path, 80, 'end', 'decide late yes bob', 'list');
  expect(end).toBe('COMPLETED');
  expect(late).toMatchObject(['late', ['APPROVAL_EXPIRED', { afterMs: 48 * 3_600_000 }]]);
  expect(last).toEqual(['style DECIDED true', 'law DECIDED false', 'late EXPIRED true']);
  const reader = await openReader(path);
  const rows = reader.view('tasks', { where: { type: 'approval' } });
  expect(rows.map(({ task, status }) => [task, status])).toEqual([
    ['run/flow/f/style', 'COMPLETED'],
    ['run/flow/f/law', 'COMPLETED'],
    ['run/flow/f/late', 'FAILED'],
  ]);
  reader.close();
});
