/**
 * The head of a journal, outside of its database: the file `team.db-head` says which row was
 * committed last, so that rows that are cut off at the end can be seen.
 *
 * It may lag behind the journal, and never leads: a row is named only when the disk has it. Two
 * places take turns: one keeps the record that was synced last, the other takes what is written
 * without a sync, at every commit. So a torn write loses the newest record and never both. After
 * an orderly end it holds the seal: a digest of the whole database.
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type ChainHead, chainStart, fieldsHash } from '../chain.ts';

/** What a record of the head says. */
export interface Head extends ChainHead {
  /** Rises with every record. */
  readonly serial: number;
  /** The last row when the head was synced last: from there on the chain is verified at a start. */
  readonly mark: number;
  /** Digest of the closed database, or why there is none. */
  readonly seal: string;
}

/** Why a journal has no seal: an owner runs or was killed; it is too large; a reader was on it. */
export const unsealed = { open: 'open', large: 'large', shared: 'shared' } as const;

/** What is in a head file. */
export type FoundHead =
  | { readonly state: 'missing' | 'damaged' }
  | {
      readonly state: 'found';
      readonly head: Head;
      /** In which place it stands. */
      readonly at: number;
      /** False when something in the file is not as written, as after a power loss. */
      readonly isWhole: boolean;
    };

/** The head file of the journal at an absolute path. */
export const headFileOf = (path: string): string => `${path}-head`;

/** Bytes from place to place, so that they never share a sector or a page, and of a record. */
const place = { distance: 4_096, bytes: 256 } as const;

/** How often the head is synced while commits go on. */
const syncMs = 1_000;

/** Reads the head of the journal at an absolute path. */
export function readHead(path: string): FoundHead {
  const text = textIn(headFileOf(path));
  if (text === undefined) return { state: 'missing' };
  const places = [0, place.distance].map((at) => parsed(text.slice(at, at + place.bytes)));
  const serials = places.map((head) => head?.serial ?? -1);
  const at = serials.indexOf(Math.max(...serials));
  const head = places[at];
  if (head === undefined) return { state: 'damaged' };
  return { state: 'found', head, at, isWhole: text === fileText(places) };
}

/**
 * Removes the head of the journal at an absolute path: the next start takes the journal as it is.
 * Does nothing when there is none.
 */
export const removeHead = (path: string): void => rmSync(headFileOf(path), { force: true });

/** Moves the head on as an owner commits. */
export interface HeadWriter {
  /** After a commit that the disk has: `at` is its time. Some microseconds; a sync each second. */
  move(to: ChainHead, at: number): void;
  /** Syncs it, moved on to `to` or as it is, with a seal or the reason why there is none. */
  sync(to?: ChainHead, seal?: string): void;
  close(): void;
}

/** Takes over the head that was found, or makes one. When it returns no seal is left. */
export function headWriter(path: string, found: FoundHead): HeadWriter {
  const file = headFileOf(path);
  let head = found.state === 'found' ? found.head : firstHead;
  let at = found.state === 'found' ? 1 - found.at : 0;
  if (found.state !== 'found') create(file);
  const fd = openSync(file, 'r+');
  const bytes = Buffer.alloc(place.bytes);
  let syncedAt: number | undefined;

  function write(next: Partial<Head>): void {
    head = { ...head, ...next, serial: head.serial + 1 };
    bytes.write(textOf(head), 'latin1');
    writeSync(fd, bytes, 0, place.bytes, at * place.distance);
  }

  function sync(next: Partial<Head>): void {
    write({ ...next, mark: next.seq ?? head.seq });
    fdatasyncSync(fd);
    // What is synced stays as it is until the other place is synced, too.
    at = 1 - at;
  }

  sync({ seal: unsealed.open });
  return {
    move(to, now) {
      syncedAt ??= now;
      if (Math.abs(now - syncedAt) < syncMs) return write(to);
      sync(to);
      syncedAt = now;
    },
    sync: ({ seq, hash } = head, seal = head.seal) => sync({ seq, hash, seal }),
    close: () => closeSync(fd),
  };
}

const firstHead: Head = { ...chainStart, serial: 0, mark: 0, seal: unsealed.open };

/** A head file is there whole or not at all, whenever the process ends. */
function create(file: string): void {
  const draft = `${file}-new`;
  const fd = openSync(draft, 'w', 0o600);
  writeSync(fd, fileText([firstHead, firstHead]));
  fsyncSync(fd);
  closeSync(fd);
  renameSync(draft, file);
  syncFolder(file);
}

/** Makes the names of the files beside a file durable: that they are there, or not any more. */
export function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const fileText = ([first, second]: readonly (Head | undefined)[]): string =>
  (first === undefined ? '' : textOf(first)).padEnd(place.distance) +
  (second === undefined ? '' : textOf(second));

function textOf({ serial, seq, hash, mark, seal }: Head): string {
  const said = `troupe-head 1 ${serial} ${seq} ${hash || '-'} ${mark} ${seal}`;
  return `${`${said} ${fieldsHash(said)}`.padEnd(place.bytes - 1)}\n`;
}

const form = /^troupe-head 1 (\d+) (\d+) (\S+) (\d+) (\S+) /;

/** The head that a text says; undefined when it is not exactly what was written. */
function parsed(text: string): Head | undefined {
  const [, serial, seq, hash = '', mark, seal = ''] = form.exec(text) ?? [];
  const head = {
    serial: Number(serial),
    seq: Number(seq),
    hash: hash === '-' ? '' : hash,
    mark: Number(mark),
    seal,
  };
  return textOf(head) === text ? head : undefined;
}
