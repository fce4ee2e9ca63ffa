/** Owners in processes of their own: one at a time, killed at any moment, watched by readers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ChainedRow, verifyChain } from '../../../src/journal/chain.ts';
import { openJournal, openReader } from '../../../src/journal/index.ts';
import { newFile } from '../files.ts';
import { commit, turn } from '../fixtures.ts';
import { groupRows } from './owner-process.ts';

const script = fileURLToPath(new URL('./owner-process.ts', import.meta.url));

/** A child process and the lines that it reported. */
interface Owner {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** The next reported line; undefined when the process has ended. */
  next(): Promise<string | undefined>;
  /** Kills it with SIGKILL and waits for its end; everything it reported is in `lines`. */
  kill(): Promise<void>;
}

function startOwner(path: string, how: 'try' | 'hold' | 'write', uid?: number): Owner {
  const child = spawn(process.execPath, [script, path, how], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const arriving = reader[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await arriving.next();
    if (done !== true) lines.push(value);
    return done === true ? undefined : value;
  };
  return {
    child,
    lines,
    next,
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      while ((await next()) !== undefined);
      await closed;
    },
  };
}

/** The number of the last row that was reported as committed. */
const reported = (owner: Owner): number =>
  Math.max(0, ...owner.lines.map((line) => Number(line.split(' ')[1] ?? 0)));

/** All rows with their hashes, as plain SQL sees them. */
function chainOf(path: string): ChainedRow[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT * FROM history ORDER BY seq').all();
  db.close();
  return rows.map((row) => ({
    seq: Number(row.seq),
    actor: Number(row.actor),
    previous: Number(row.previous),
    at: Number(row.at),
    type: String(row.type),
    status: String(row.status),
    body: String(row.body),
    hash: String(row.hash),
  }));
}

describe('one owner over all processes', () => {
  test('given an owner, then other processes are refused until it is killed', async () => {
    const path = newFile();
    const owner = startOwner(path, 'hold');
    expect(await owner.next()).toBe('open');
    await expect(openJournal(path)).rejects.toThrow(
      expect.objectContaining({ code: 'JOURNAL_IN_USE' }),
    );
    expect(await startOwner(path, 'try').next()).toBe('JOURNAL_IN_USE');
    await owner.kill();
    const journal = await openJournal(path);
    expect(await startOwner(path, 'try').next()).toBe('JOURNAL_IN_USE');
    commit(journal, turn(1));
    expect(await startOwner(path, 'try').next()).toBe('JOURNAL_IN_USE');
    journal.close();
    expect(await startOwner(path, 'try').next()).toBe('open');
  });

  test('given a folder without permission, then the journal is unreadable', async ({ skip }) => {
    const isRoot = process.getuid?.() === 0;
    if (process.platform === 'win32') skip('Windows has no such permissions');
    const path = newFile();
    chmodSync(dirname(path), 0o555);
    onTestFinished(() => chmodSync(dirname(path), 0o755));
    expect(await startOwner(path, 'try', isRoot ? 65_534 : undefined).next()).toBe(
      'JOURNAL_UNREADABLE',
    );
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('recovery after SIGKILL', () => {
  test('given an owner killed while it commits, then every reported group is whole', async () => {
    const path = newFile();
    let before = 0;
    for (const reports of [1, 7, 20, 3, 50]) {
      const owner = startOwner(path, 'write');
      for (let count = 0; count < reports; count += 1) await owner.next();
      await owner.kill();
      const journal = await openJournal(path);
      const { seq } = journal.heads();
      expect(seq).toBeGreaterThanOrEqual(Math.max(before, reported(owner)));
      expect(seq % groupRows).toBe(0);
      expect(seq).toBeLessThanOrEqual(reported(owner) + groupRows);
      expect(journal.byNumber(1)?.last ?? 0).toBe(seq);
      expect(journal.history(1, seq - 10)).toHaveLength(Math.min(10, seq));
      journal.close();
      expect(verifyChain(chainOf(path))).toMatchObject({ ok: true, head: { seq } });
      before = seq;
    }
    expect(before).toBeGreaterThan(0);
  });
});

describe('readers beside the owner', () => {
  test('given an owner that commits, then a reader sees every reported group', async () => {
    const path = newFile();
    const owner = startOwner(path, 'write');
    expect(await owner.next()).toBe('open');
    await owner.next();
    const reader = await openReader(path);
    let seen = 0;
    for (let count = 0; count < 30; count += 1) {
      await owner.next();
      const { seq } = reader.heads();
      expect(seq).toBeGreaterThanOrEqual(Math.max(seen, reported(owner)));
      expect(seq % groupRows).toBe(0);
      const last = reader.byNumber(1)?.last ?? 0;
      expect(last).toBeGreaterThanOrEqual(seq);
      expect(reader.rows(last - 1, 1).map((row) => row.seq)).toEqual([last]);
      seen = seq;
    }
    reader.close();
    await owner.kill();
  });

  test('given the log of a killed owner, then a reader sees it and changes nothing', async () => {
    const path = newFile();
    const owner = startOwner(path, 'write');
    for (let count = 0; count < 5; count += 1) await owner.next();
    await owner.kill();
    const state = () =>
      readdirSync(dirname(path)).map((name) => {
        const file = `${dirname(path)}/${name}`;
        return [name, name.endsWith('-shm') ? 0 : readFileSync(file).toString('base64url')];
      });
    const before = state();
    const reader = await openReader(path);
    const { seq } = reader.heads();
    expect(seq).toBeGreaterThanOrEqual(reported(owner));
    expect(reader.rows(0, seq)).toHaveLength(seq);
    reader.close();
    expect(state()).toEqual(before);
    expect(before.map(([name]) => name)).toContain('team.db-wal');
  });
});
