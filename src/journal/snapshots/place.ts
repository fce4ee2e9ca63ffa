/**
 * Where a snapshot is written: a file of this process beside the target, which gets its name when
 * it is whole and synced. What a process left that was killed meanwhile is removed by the next.
 */
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isTroupeError, type TroupeError, troupeError } from '../../protocol/index.ts';
import { createPrivate, locate } from '../sqlite/connection.ts';
import { isFull } from '../trouble/index.ts';
import { syncFolder } from './copying.ts';

/** A place for a snapshot: where it is written first, and where it will stand. */
export interface Place {
  readonly draft: string;
  readonly target: string;
  readonly overwrite: boolean;
}

const draftName = /-part-(\d+)(-journal|-wal|-shm)?$/;

/** Targets that this process writes to now. */
const underWay = new Set<string>();

/**
 * Takes the place at `path`, and makes the draft.
 * @throws TroupeError `SNAPSHOT_EXISTS`, `SNAPSHOT_UNWRITABLE`.
 */
export function takePlace(path: string, overwrite: boolean): Place {
  try {
    const target = locate(path);
    if (!overwrite && existsSync(target)) throw troupeError('SNAPSHOT_EXISTS', { path: target });
    if (underWay.has(target)) throw unwritable(target, 'another snapshot is being written there');
    accessSync(dirname(target), constants.W_OK);
    removeLeft(target);
    const draft = `${target}-part-${process.pid}`;
    createPrivate(draft);
    underWay.add(target);
    return { draft, target, overwrite };
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Gives the draft its name, when the disk has it. @throws TroupeError as `takePlace`. */
export async function settle({ draft, target, overwrite }: Place): Promise<void> {
  const file = await open(draft, 'r+');
  await file.sync().finally(() => file.close());
  if (overwrite) renameSync(draft, target);
  else putNew(draft, target);
  await syncFolder(target);
}

/** Lets the place go; a draft that did not get its name is removed. */
export function leave({ draft, target }: Place): void {
  for (const file of [draft, `${draft}-journal`]) rmSync(file, { force: true });
  underWay.delete(target);
}

/** The error that says why a snapshot can't be written. */
export function unwritable(path: string, cause: unknown): TroupeError {
  if (isTroupeError(cause) && !isTroupeError(cause, 'JOURNAL_UNREADABLE')) return cause;
  if (typeof cause === 'string') return troupeError('SNAPSHOT_UNWRITABLE', { path, reason: cause });
  const reason = isFull(cause) ? 'the disk is full' : reasonOf(cause);
  return troupeError('SNAPSHOT_UNWRITABLE', { path, reason }, cause);
}

function reasonOf(cause: unknown): string {
  if (isTroupeError(cause, 'JOURNAL_UNREADABLE')) return cause.data.reason;
  const said = cause instanceof Error ? cause.message : String(cause);
  return said.startsWith('EACCES') || said.startsWith('EPERM') ? 'permission is denied' : said;
}

/** Gives a file a name that is free; where there are no links, it is looked at just before. */
function putNew(draft: string, target: string): void {
  try {
    linkSync(draft, target);
  } catch {
    if (existsSync(target)) throw troupeError('SNAPSHOT_EXISTS', { path: target });
    renameSync(draft, target);
  }
}

/** Removes drafts for this target whose processes are gone. */
function removeLeft(target: string): void {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    const [whole, pid] = name.startsWith(basename(target)) ? (draftName.exec(name) ?? []) : [];
    if (whole === undefined || name.length !== basename(target).length + whole.length) continue;
    if (Number(pid) === process.pid || !isAlive(Number(pid))) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether two paths lead to one file. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
