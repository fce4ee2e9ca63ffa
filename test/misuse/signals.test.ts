/**
 * Signals to the command: a real process is told to end in the middle of its work; it ends in
 * order and by its code, the file is whole, and the next call goes on from there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openReader } from '../../src/journal/index.ts';
import { folderWith } from '../specialists/analysers/folder.ts';
import { sample } from '../specialists/sample.ts';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

function audit(root: string, journal: string, ...more: readonly string[]) {
  const args = [bin, 'audit', root, '--journal', journal, ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const texts = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = async () => {
    const [[out, err], [code, signal]] = await Promise.all([texts, closed]);
    return { out, err, code, signal };
  };
  return { child, ended };
}

/** The recorded steps of the audit's lead. */
async function steps(journal: string): Promise<{ count: number; isDone: boolean }> {
  const reader = await openReader(journal);
  try {
    const [lead] = reader.actors({ definition: 'audit-lead', kind: 'task' });
    const count = lead === undefined ? 0 : reader.steps(lead.actor).length;
    return { count, isDone: lead?.done === true };
  } finally {
    reader.close();
  }
}

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'given %s, then it ends by its code, and goes on when called again',
  async (how, code) => {
    const root = folderWith(sample);
    const journal = join(folderWith({}), 'audit.db');
    const first = audit(root, journal);
    const end = first.ended();
    await vi.waitFor(async () => expect((await steps(journal)).count).toBeGreaterThan(0), {
      timeout: 50_000,
      interval: 20,
    });
    first.child.kill(how);
    expect(await end).toMatchObject({ code, signal: null, out: '' });

    const file = new DatabaseSync(journal, { readOnly: true });
    expect(file.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    file.close();
    const before = await steps(journal);
    expect(before).toMatchObject({ isDone: false });

    const second = await audit(root, journal, '--json').ended();
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(second.out)).toHaveProperty('audit');
    const after = await steps(journal);
    expect(after.isDone).toBe(true);
    expect(after.count).toBeGreaterThan(before.count);
  },
);
