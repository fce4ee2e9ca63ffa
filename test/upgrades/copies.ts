/** Copies of the journals of every format, as they lay on their disks. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { newFile } from '../journal/files.ts';

/** One of the journals: its format, and how its last process ended. */
export interface Kept {
  readonly format: string;
  readonly name: 'closed' | 'killed';
}

const folder = join(import.meta.dirname, 'formats');

/** All of them. */
export const kept: readonly Kept[] = readdirSync(folder)
  .filter((name) => /^\d+$/.test(name))
  .flatMap((format): Kept[] => [
    { format, name: 'closed' },
    { format, name: 'killed' },
  ]);

/** A copy of a journal: its path. */
export function copyOf({ format, name }: Kept, file = newFile()): string {
  const from = join(folder, format);
  for (const one of readdirSync(from).filter((found) => found.startsWith(`${name}.`))) {
    const tail = one.slice(`${name}.db`.length, -'.gz'.length);
    writeFileSync(`${file}${tail}`, gunzipSync(readFileSync(join(from, one))), { mode: 0o600 });
  }
  return file;
}

/** What the code that made it had to show, before and after the last process. */
export const shownOf = ({ format, name }: Kept): { before: unknown; after: unknown } =>
  JSON.parse(readFileSync(join(folder, format, 'seen.json'), 'utf8'))[name];
