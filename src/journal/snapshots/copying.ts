/**
 * Copies the content of one SQLite file into another, as of one commit, while its owner goes on.
 *
 * SQLite's online backup in threads of Node's own, over a connection of its own: what it reads is
 * held still by a read transaction, so that writers neither disturb it nor wait for it. What was
 * copied is synced on the way: one sync of all of it at the end would hold up the owner's syncs.
 * The target gets all of it in one transaction, or nothing.
 */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup } from 'node:sqlite';
import { connect, type Use } from '../sqlite/connection.ts';

/** Pages of one step: some milliseconds of a thread. */
const stepPages = 1_000;

/** Copies the file at `from` over the content of the file at `to`; both paths are absolute. */
export async function copyDatabase(from: string, to: string, use: Use = 'live'): Promise<void> {
  const source = connect(from, use);
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, to, { rate: stepPages });
  } finally {
    source.close();
  }
}

/**
 * Copies the file at `from` into the file at `to`, which nobody else knows of yet: closing a
 * descriptor of our own drops the locks of this process on it.
 */
export async function copyToNew(from: string, to: string): Promise<void> {
  const source = connect(from, 'live');
  const file = await open(to, 'r+');
  let syncing: Promise<void> | undefined;
  const sync = (): void => {
    // Only to keep the last sync short: that one tells what is wrong with the disk.
    syncing ??= file.datasync().then(done, done);
  };
  const done = (): void => {
    syncing = undefined;
  };
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, to, { rate: stepPages, progress: sync });
  } finally {
    await syncing;
    await file.close();
    source.close();
  }
}

/** Makes the disk know which files are in the folder of a file. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}
