/** Copies of the sources in which a bug is planted: the product has no switches for that. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { troupeError } from '../../src/protocol/index.ts';
import type { PlantedBug } from './bugs/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a hunt needs of the repository. */
const parts = ['src', 'machines', 'package.json', 'test/planted'];

/** A copy of the sources; whoever made it removes it. */
export class Copy {
  readonly folder: string;

  constructor(bug?: PlantedBug) {
    this.folder = mkdtempSync(join(tmpdir(), 'troupe-planted-'));
    for (const part of parts) {
      cpSync(join(root, part), join(this.folder, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    if (bug !== undefined) writeFileSync(join(this.folder, bug.file), patched(bug));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The text of the file with the bug in it. @throws TroupeError `BROKEN_INVARIANT`. */
export function patched({ name, file, from, to }: PlantedBug): string {
  const pieces = readFileSync(join(root, file), 'utf8').split(from);
  const [before = '', after = '', ...more] = pieces;
  if (pieces.length === 2 && more.length === 0) return before + to + after;
  const found = `${name}: ${pieces.length - 1} times in ${file}`;
  throw troupeError('BROKEN_INVARIANT', { invariant: 'a bug is planted in one place', found });
}
