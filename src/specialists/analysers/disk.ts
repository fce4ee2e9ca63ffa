/**
 * Reading: the disk as a port, so that tests can give one that fails, and the texts of a chunk.
 * Paths of the port are absolute; each of its calls rejects with the system's error.
 */
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk, Progress, Recheck, Skipped } from './findings.ts';

/** What a name in a folder stands for; `other` is a socket, a pipe or a device. */
export type EntryType = 'file' | 'folder' | 'link' | 'other';

/** One name in a folder. */
export interface Entry {
  readonly name: string;
  readonly type: EntryType;
}

/** A file system, read only. */
export interface Disk {
  /** The path with every link resolved. */
  real(path: string): Promise<string>;
  /** What the path stands for; a link is not followed. */
  type(path: string): Promise<EntryType>;
  /** The names in a folder, in any order. */
  entries(path: string): Promise<readonly Entry[]>;
  /** Bytes of a file. */
  size(path: string): Promise<number>;
  /** Content of a file. */
  read(path: string): Promise<Uint8Array>;
}

/** The disk of this machine. */
export const nodeDisk: Disk = {
  real: (path) => realpath(path),
  type: async (path) => typeOf(await lstat(path)),
  entries: async (path) => {
    const found = await readdir(path, { withFileTypes: true });
    return found.map((entry) => ({ name: entry.name, type: typeOf(entry) }));
  },
  size: async (path) => (await stat(path)).size,
  read: (path) => readFile(path),
};

/** The system's code of an error, such as `ENOENT`, or its text. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** What an analyser said when it stumbled, on one line. */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 300);
}

/** Content of a source file. */
export interface Content {
  /** Without byte mark; bytes that are no UTF-8 are replaced. */
  readonly text: string;
  readonly sha256: string;
  readonly validUtf8: boolean;
}

/** Reads bytes as a source text. */
export function contentOf(bytes: Uint8Array): Content {
  const text = new TextDecoder().decode(bytes);
  return { text, sha256: hash('sha256', bytes, 'hex'), validUtf8: isUtf8(bytes) };
}

/** What came up while the files of a chunk were read. */
export interface Notes {
  /** Files whose content is no longer the surveyed one. */
  readonly changed: string[];
  readonly skipped: Skipped[];
}

/** The texts of a chunk, one after the other; what can't be read is noted and left aside. */
export async function* textsOf(
  chunk: Chunk,
  notes: Notes,
  disk: Disk = nodeDisk,
): AsyncGenerator<{ readonly file: string; readonly text: string }> {
  for (const { file, sha256 } of chunk.files) {
    const bytes = await disk.read(join(chunk.root, file)).catch(systemCode);
    if (typeof bytes === 'string') {
      notes.skipped.push(
        bytes === 'ENOENT'
          ? { file, reason: 'vanished' }
          : { file, reason: 'unreadable', detail: bytes },
      );
      continue;
    }
    const content = contentOf(bytes);
    if (!content.sha256.startsWith(sha256)) notes.changed.push(file);
    yield { file, text: content.text };
  }
}

/** Looks once more at the files of a chunk: which are no longer as they were surveyed. */
export async function recheck(
  chunk: Chunk,
  progress?: Progress,
  disk: Disk = nodeDisk,
): Promise<Recheck> {
  const found: Recheck = { changed: [], skipped: [] };
  let done = 0;
  for await (const _ of textsOf(chunk, found, disk)) progress?.(++done, chunk.files.length);
  return found;
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function typeOf(entry: Kinds): EntryType {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'other';
}
