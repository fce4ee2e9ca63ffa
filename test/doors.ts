/**
 * The doors of the package with their sources: `exports` of package.json is the one list of them.
 * Tests, samples and examples import the names; what they get are the sources.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A name that users import, and the source behind it. */
export interface Door {
  readonly name: string;
  readonly source: string;
}

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Every door: `./dist/src/index.js` was compiled from `src/index.ts`. */
export const doors: readonly Door[] = Object.entries<{ default?: string }>(manifest.exports)
  .filter(([, target]) => target.default)
  .map(([path, target]) => ({
    name: path.replace('.', manifest.name),
    source: String(target.default).replace('./dist/', '').replace(/\.js$/, '.ts'),
  }));

/** The absolute path of a door's source. */
export function fileOf(door: Door): string {
  return fileURLToPath(new URL(`../${door.source}`, import.meta.url));
}
