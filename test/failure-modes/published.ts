/**
 * The published failure modes of teams of language-model bots: a list of ids and names. What each
 * means here stands in `docs/FAILURE-MODES.md`, a row for each, with its test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dataFolder } from '../data.ts';

const Modes = z.object({
  source: z.string(),
  modes: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** The published list in the data folder; undefined when it is absent. */
export function published(): z.infer<typeof Modes> | undefined {
  const folder = dataFolder('mast');
  if (folder === undefined) return undefined;
  return Modes.parse(JSON.parse(readFileSync(join(folder, 'mast.json'), 'utf8')));
}

const page = new URL('../../docs/FAILURE-MODES.md', import.meta.url);

/** The rows of the docs' table: id, name, what is done about it, the test. */
export const tableRows = (): readonly (readonly string[])[] =>
  readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| FM-'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
