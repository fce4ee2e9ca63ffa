/** Snapshots of journals; SQLite is loaded when the first one is taken, not before. */
import { isAbsolute, join } from 'node:path';
import { type TroupeError, troupeError } from '../../protocol/index.ts';
import type { Journal } from '../journal.ts';
import type { SavedSnapshot, SaveOptions } from './save.ts';
import type { Staged } from './stage.ts';

/**
 * Saves a snapshot of a journal, as of one commit, to the file at `path`: it is there whole, synced
 * and for this user only, or not at all. Groups go on meanwhile.
 * @throws TroupeError `SNAPSHOT_EXISTS`, `SNAPSHOT_UNWRITABLE`, `JOURNAL_FAILED`.
 */
export async function saveSnapshot(
  journal: Journal,
  path: string,
  options: SaveOptions,
): Promise<SavedSnapshot> {
  const { save } = await import('./index.ts');
  return save(journal, path, options);
}

/**
 * Checks that a new snapshot of a journal can be written to the file at `path`.
 * @throws TroupeError `SNAPSHOT_EXISTS`, `SNAPSHOT_UNWRITABLE`.
 */
export async function checkSnapshotPlace(journal: Journal, path: string): Promise<void> {
  const { checkPlace } = await import('./index.ts');
  checkPlace(journal, path);
}

/** A snapshot that was found fit to take the place of a journal. */
export interface StagedSnapshot extends Staged {
  /** The copy that takes the place. */
  readonly staging: string;
  /** Removes the copy. */
  readonly remove: () => void;
}

/**
 * Verifies a snapshot as a whole, on a copy beside the journal that it is to replace.
 * @throws TroupeError `SNAPSHOT_UNREADABLE`, `SNAPSHOT_FOREIGN`, `SNAPSHOT_NEWER`,
 *   `SNAPSHOT_DAMAGED`, `SNAPSHOT_WORKSPACE`, `SNAPSHOT_UNWRITABLE` for the copy.
 */
export async function stageSnapshot(
  journal: Journal,
  path: string,
  options: Pick<SaveOptions, 'workspace' | 'now'>,
): Promise<StagedSnapshot> {
  const { stage, unstage } = await import('./index.ts');
  const staging = await stagingOf(journal);
  const workspace = journal.workspace ?? options.workspace;
  const staged = await stage(path, { staging, journal: journal.path, workspace, now: options.now });
  return { ...staged, staging, remove: () => unstage(staging) };
}

/**
 * Where the present of a journal is kept before another takes its place: a free name beside it that
 * says when; nowhere for a journal that is no file.
 */
export async function placeOfPresent({ path }: Journal, now: number): Promise<string | undefined> {
  if (!isAbsolute(path)) return undefined;
  const { existsSync } = await import('node:fs');
  const name = `${path}.before-restore-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (let count = 1; ; count += 1) {
    const place = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(place)) return place;
  }
}

/** The error of a journal that can't be replaced. */
export const fixedJournal = ({ path }: Journal): TroupeError =>
  troupeError('JOURNAL_FIXED', { path });

let inMemory = 0;

async function stagingOf({ path }: Journal): Promise<string> {
  if (isAbsolute(path)) return `${path}-restore`;
  const { tmpdir } = await import('node:os');
  inMemory += 1;
  return join(tmpdir(), `troupe-${process.pid}-${inMemory}-restore`);
}
