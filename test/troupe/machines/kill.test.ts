/**
 * Machines in a process that is killed, again and again, wherever it happens to be: they go on to
 * the end that they come to undisturbed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { newFile } from '../../journal/files.ts';
import { rounds } from './voyage.ts';

const script = fileURLToPath(new URL('./voyage-process.ts', import.meta.url));

/** Lines that a process reports at most after the one that it is killed for. */
const late = 8;

/** Runs a process until it ends, or until it has reported so many lines: then it is killed. */
async function lines(
  path: string,
  { from = 0, how = 'sail', most = Number.POSITIVE_INFINITY } = {},
): Promise<string[]> {
  const child = spawn(process.execPath, [script, path, String(from), how, String(most + late)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const reported: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    reported.push(line);
    if (reported.length === most) child.kill('SIGKILL');
  }
  await closed;
  return reported;
}

/** What the lines that start with a word say. */
const said = (word: string, reported: readonly string[]): string[] =>
  reported.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));

const ending = (reported: readonly string[], word: string): unknown =>
  JSON.parse(said(word, reported).at(-1) ?? 'null');

test('given kills anywhere, then machines end as if nobody had disturbed them', async () => {
  const undisturbed = await lines(newFile());
  const path = newFile();
  const all: string[] = [];
  let kills = 0;
  for (let most = 5; said('done', all).length === 0; most = 1 + ((most * 7) % 23)) {
    const acknowledged = said('acknowledged', all).map(Number);
    all.push(...(await lines(path, { from: 1_000 * (kills + 1), most })));
    kills += 1;
    expect(Math.max(0, ...acknowledged)).toBeLessThan(1_000 * kills);
  }
  expect(kills).toBeGreaterThan(3);

  expect(ending(all, 'done')).toEqual(ending(undisturbed, 'done'));
  expect(ending(all, 'done')).toMatchObject({
    round: rounds,
    hoisted: rounds,
    reports: rounds,
    alarms: rounds,
    cries: Array.from({ length: rounds }, (_, index) => index + 1),
  });
  const keys = new Set(said('ran', all));
  expect(keys).toEqual(new Set(said('ran', undisturbed)));
  expect(keys.size).toBe(2 * rounds);

  const counted = ending(await lines(path, { how: 'end' }), 'counted');
  const numbers = Array.isArray(counted) ? counted.map(Number) : [];
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  const acknowledged = said('acknowledged', all).map(Number);
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(acknowledged.filter((n) => !numbers.includes(n))).toEqual([]);
});
