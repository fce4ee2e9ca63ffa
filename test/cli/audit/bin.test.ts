/**
 * The command as users run it, with the real analysers, in processes of their own: killed by the
 * system, interrupted, read by someone who has soon seen enough.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { openReader } from '../../../src/journal/index.ts';
import { folderWith } from '../../specialists/analysers/folder.ts';
import { sample } from '../../specialists/sample.ts';

const bin = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));

const start = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [bin, 'audit', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

async function ended(child: ChildProcess) {
  const closed = once(child, 'close');
  const read = (stream: Readable | null) => (stream?.readable ? text(stream) : '');
  const [out, err] = await Promise.all([read(child.stdout), read(child.stderr)]);
  const [code, signal] = await closed;
  return { code, signal, out, err };
}

/** Waits until the lead of an audit has recorded as many steps as that. */
async function recorded(journal: string, steps: number): Promise<number> {
  return vi.waitFor(
    async () => {
      const reader = await openReader(journal);
      try {
        const [lead] = reader.actors({ definition: 'audit-lead', kind: 'task' });
        const count = lead === undefined ? 0 : reader.steps(lead.actor).length;
        expect(count).toBeGreaterThanOrEqual(steps);
        return count;
      } finally {
        reader.close();
      }
    },
    { timeout: 50_000, interval: 20 },
  );
}

/** What was printed, without what differs from run to run. */
function printed(out: string): unknown {
  const { audit, ...rest } = JSON.parse(out);
  return { path: audit.path, number: audit.number, ...rest };
}

test('given a kill in the middle, then the next call goes on to the same result', async () => {
  const root = folderWith(sample);
  const journal = join(folderWith({}), 'audit.db');
  const calm = ended(start(root, '--json'));
  const killed = start(root, '--journal', journal);
  const end = ended(killed);
  const steps = await recorded(journal, 3);
  killed.kill('SIGKILL');
  expect(await end).toMatchObject({ signal: 'SIGKILL', out: '' });
  const again = await ended(start(root, '--journal', journal, '--json'));
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(printed(again.out)).toEqual(printed((await calm).out));
  const reader = await openReader(journal);
  const runs = reader.actors({ kind: 'task' });
  expect(runs.filter(({ status }) => status === 'COMPLETED').length).toBeGreaterThan(steps);
  expect(runs.every(({ done }) => done)).toBe(true);
  reader.close();
});

test('given SIGTERM, then it stops in order, and the process ends with its code', async () => {
  const root = folderWith(sample);
  const journal = join(folderWith({}), 'audit.db');
  const child = start(root, '--journal', journal);
  const end = ended(child);
  await recorded(journal, 1);
  child.kill('SIGTERM');
  const { code, out, err } = await end;
  expect({ code, out }).toEqual({ code: 143, out: '' });
  expect(err).toMatch(/go on with: npx troupe audit \S+ --journal \S+\n$/);
});

test('given a reader that has seen enough, then there is no complaint', async () => {
  const root = folderWith({ 'src/a.ts': 'export const a = 1;\n' });
  const child = start(root, '--json');
  child.stdout?.destroy();
  const { code, err } = await ended(child);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('given bad input, then there is one line, code 2 and no stack trace', async () => {
  const { code, out, err } = await ended(start(join(folderWith({}), 'none')));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^\[AUDIT_PATH_MISSING\] There is no .*\n$/);
});
