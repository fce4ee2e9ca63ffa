/**
 * Code blocks of the documentation, as programs.
 *
 * A block that opens with ```ts is a whole module that imports `troupe`: it is type-checked.
 * With ```ts run it is also run in an empty folder and must end by itself with exit code 0; when a
 * block ```text output follows, that is what it prints. A block that is no whole program says
 * ```ts fragment and is left alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, with a `/` at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const ALIAS = new URL('./source-alias.ts', import.meta.url).href;
const CHECKER = `${ROOT}node_modules/typescript-7/bin/tsc`;
const RUN_MS_MAX = 30_000;

/** A fenced block: its language, the words after it, and where it stands. */
export interface Block {
  readonly path: string;
  readonly line: number;
  readonly language: string;
  readonly marks: readonly string[];
  readonly code: string;
}

/** A program of the documentation, with what it prints when the documentation says so. */
export interface Sample extends Block {
  readonly output: string | undefined;
}

/** The blocks of a Markdown text. */
export function blocksOf(path: string, markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const fence = /^```(\w*)(.*)\n([\s\S]*?)^```$/gm;
  for (const match of markdown.matchAll(fence)) {
    const [, language = '', marks = '', code = ''] = match;
    const line = markdown.slice(0, match.index).split('\n').length;
    blocks.push({ path, line, language, marks: marks.trim().split(/\s+/).filter(Boolean), code });
  }
  return blocks;
}

/** The programs among some blocks of one document. */
export function samplesAmong(blocks: readonly Block[]): readonly Sample[] {
  return blocks.flatMap((block, index) => {
    if (block.language !== 'ts' || block.marks.includes('fragment')) return [];
    const next = blocks[index + 1];
    return [{ ...block, output: next?.marks.includes('output') ? next.code : undefined }];
  });
}

/** All blocks of the README and of `docs`. */
export function documentedBlocks(): readonly Block[] {
  const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' });
  const paths = [...readdirSync(ROOT), ...inDocs.map((path) => `docs/${path}`)];
  return paths
    .filter((path) => path.endsWith('.md') && !path.startsWith('CHANGELOG'))
    .flatMap((path) => blocksOf(path, readFileSync(ROOT + path, 'utf8')));
}

/** A file name for a sample that tells where it stands. */
export function nameOf({ path, line }: Block): string {
  return `${path.replace(/\.md$/, '').replaceAll('/', '-').toLowerCase()}-line-${line}.ts`;
}

/** Writes samples into a folder where the names of the installed packages mean what they say. */
export function writeSamples(folder: string, samples: readonly Sample[]): string {
  const target = `${ROOT}.cache/${folder}`;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const sample of samples) writeFileSync(join(target, nameOf(sample)), sample.code);
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify(config));
  return target;
}

/** What the checker objects to in the files of a folder, one line each. */
export function typeErrorsIn(folder: string): readonly string[] {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { stdout } = spawnSync(
    process.execPath,
    [CHECKER, '-p', '.', '--pretty', 'false'],
    options,
  );
  return stdout.split('\n').filter((line) => /^[^.\s(][^(]*\(\d+,\d+\): error/.test(line));
}

/** Runs a file in an empty folder; `troupe` means the sources. */
export function runFile(file: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'troupe-sample-'));
  const options = { cwd, encoding: 'utf8', timeout: RUN_MS_MAX } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', ALIAS, file],
    options,
  );
  rmSync(cwd, { recursive: true });
  return { status, stdout, stderr };
}
