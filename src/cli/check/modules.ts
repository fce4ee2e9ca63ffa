/** The modules of a check: loaded one after the other, each with what it exports. */
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMachine } from '../../protocol/index.ts';
import type { Checkable, Exported } from '../../testing/index.ts';
import { refuseArgument, type Terminal } from '../command.ts';
import { oneLine } from '../table.ts';
import { settled } from './unfinished.ts';

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
 *   nothing to check, a machine without an id, or options of what is none of all that is checked.
 */
export async function loadModules(
  files: readonly string[],
  exportedIn: (module: object) => Exported,
  terminal: Terminal,
): Promise<Loaded> {
  const definitions = new Set<Checkable>();
  const checked: CheckedFile[] = [];
  const options: { readonly file: string; readonly ids: readonly string[] }[] = [];
  let of: Exported['of'] = {};
  for (const file of files) {
    const module = await loaded(file);
    const exported = exportedIn(module);
    const ids = exported.definitions.map(({ id }) => id);
    if (ids.length === 0) {
      const names = Object.keys(module).join(', ') || 'nothing';
      refuseArgument('check', file, `exports nothing to check (it exports ${names})`);
    }
    refuseNameless(file, module, exported.definitions);
    terminal.err(`${file}: ${oneLine(ids.join(', '))}\n`);
    for (const one of exported.definitions) definitions.add(one);
    of = { ...of, ...exported.of };
    options.push({ file, ids: Object.keys(exported.of) });
    checked.push({ file, definitions: ids });
  }
  refuseStrangers(options, checked);
  return { definitions: [...definitions], of, files: checked };
}

/** XState names such a machine `(machine)`, which tells it from no other. */
function refuseNameless(file: string, module: object, definitions: readonly Checkable[]): void {
  const nameless = definitions.find((one) => isMachine(one) && one.config.id === undefined);
  if (nameless === undefined) return;
  const [name] = Object.entries(module).find(([, value]) => value === nameless) ?? ['in a list'];
  refuseArgument('check', file, `exports a machine without an \`id\` (${name})`);
}

/** Options of what no FILE exports: a typo would go unnoticed. */
function refuseStrangers(
  options: readonly { readonly file: string; readonly ids: readonly string[] }[],
  checked: readonly CheckedFile[],
): void {
  const known = checked.flatMap(({ definitions }) => definitions);
  for (const { file, ids } of options) {
    const stranger = ids.find((id) => !known.includes(id));
    if (stranger === undefined) continue;
    const there = known.join(', ');
    const what = `exports \`check\` with options of ${stranger}, which nothing is`;
    refuseArgument('check', file, `${what} (there is ${there})`);
  }
}

async function loaded(file: string): Promise<object> {
  const path = resolve(file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) refuseArgument('check', file, 'is not there');
  if (!found.isFile()) refuseArgument('check', file, 'is no file');
  try {
    const module = await settled<object>(import(pathToFileURL(path).href));
    if (module !== undefined) return module;
  } catch (error) {
    return refuseArgument('check', file, `can't be loaded: ${reasonOf(error)}`);
  }
  return refuseArgument('check', file, 'is never loaded: it awaits what never comes');
}

/** Why, in a line, and where. The refusal ends with a full stop and a remedy of its own. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const reason = (text.split('\n')[0] ?? '').replace(/\.?( Correct it)?\.?$/, '');
  const place = error instanceof Error ? placeIn(error.stack ?? '') : undefined;
  return place === undefined ? reason : `${reason} (${place})`;
}

/** The first place of a stack that is in a file of the user. */
function placeIn(stack: string): string | undefined {
  const places = [...stack.matchAll(/(file:\/\/[^\s)]+?)((?::\d+)+)/g)];
  const own = places.find(([, url = '']) => !url.startsWith(HERE) && !/node_modules/.test(url));
  const [, url, numbers = ''] = own ?? [];
  return url === undefined ? undefined : `${relative('', fileURLToPath(url))}${numbers}`;
}

/** The sources of Troupe, or what was compiled of them. */
const HERE = new URL('../..', import.meta.url).href;
