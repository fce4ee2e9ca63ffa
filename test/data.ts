/**
 * Real inputs: folders of data outside of the repository, found by TROUPE_DATA, by default beside
 * the project. Tests that read them are skipped where they are absent.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The folder of that name among the data, or undefined when it is absent. */
export function dataFolder(name: string): string | undefined {
  const data = process.env.TROUPE_DATA ?? join('..', 'shared', 'data');
  const folder = resolve(ROOT, data, name);
  return existsSync(folder) ? folder : undefined;
}
