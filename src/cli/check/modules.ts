/** The modules of a check: loaded one after the other, each with what it exports. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Checkable, Exported } from '../../testing/index.ts';
import { refuseArgument, type Terminal } from '../command.ts';

/** A file, and the ids of what it exports. */
export interface CheckedFile {
  readonly file: string;
  readonly definitions: readonly string[];
}

/** What all modules export together. */
export interface Loaded extends Exported {
  readonly files: readonly CheckedFile[];
}

/**
 * Loads modules.
 * @throws TroupeError `BAD_OPTION` for a file that is not there, can't be loaded, or exports
 *   nothing to check.
 */
export async function loadModules(
  files: readonly string[],
  exportedIn: (module: object) => Exported,
  terminal: Terminal,
): Promise<Loaded> {
  const definitions = new Set<Checkable>();
  const checked: CheckedFile[] = [];
  let of: Exported['of'] = {};
  for (const file of files) {
    const module = await loaded(file);
    const exported = exportedIn(module);
    const ids = exported.definitions.map(({ id }) => id);
    if (ids.length === 0) {
      const names = Object.keys(module).join(', ') || 'nothing';
      refuseArgument('check', file, `exports nothing to check (it exports ${names})`);
    }
    terminal.err(`${file}: ${ids.join(', ')}\n`);
    for (const one of exported.definitions) definitions.add(one);
    of = { ...of, ...exported.of };
    checked.push({ file, definitions: ids });
  }
  return { definitions: [...definitions], of, files: checked };
}

async function loaded(file: string): Promise<object> {
  const path = resolve(file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) refuseArgument('check', file, 'is not there');
  if (!found.isFile()) refuseArgument('check', file, 'is no file');
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    return refuseArgument('check', file, `can't be loaded: ${reasonOf(error)}`);
  }
}

/** Why, in a line. The refusal ends with a full stop of its own. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}
