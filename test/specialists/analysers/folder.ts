/**
 * Folders for tests: written to a temporary place and removed after the test, or made of nothing
 * but a description, for what a real disk can't be brought to do.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Disk, Entry } from '../../../src/specialists/analysers/disk.ts';

/** Content of files by their path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files into a new folder and gives its path. */
export function folderWith(files: Files): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'troupe-audit-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeInto(root, files);
  return root;
}

/** Writes files below a folder. */
export function writeInto(root: string, files: Files): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

/** A disk that holds `files` below the folder `root`; paths in `broken` fail with their code. */
export function fakeDisk(
  root: string,
  files: Files,
  broken: Readonly<Record<string, string>> = {},
): Disk {
  const inside = (path: string): string => (path === root ? '' : path.slice(root.length + 1));
  const meet = (path: string): string => {
    const code = broken[inside(path)];
    if (code) throw Object.assign(new Error(`${code}: ${path}`), { code });
    return inside(path);
  };
  const contentOf = (path: string): Uint8Array => {
    const content = files[meet(path)];
    if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  const entriesOf = (folder: string): readonly Entry[] => {
    const prefix = folder === '' ? '' : `${folder}/`;
    const names = new Map<string, Entry>();
    for (const file of Object.keys(files)) {
      if (!file.startsWith(prefix)) continue;
      const [name = '', ...more] = file.slice(prefix.length).split('/');
      names.set(name, { name, type: more.length > 0 ? 'folder' : 'file' });
    }
    return [...names.values()].reverse();
  };
  return {
    real: async (path) => path,
    type: async (path) => (meet(path) in files ? 'file' : 'folder'),
    entries: async (path) => entriesOf(meet(path)),
    size: async (path) => contentOf(path).length,
    read: async (path) => contentOf(path),
  };
}
