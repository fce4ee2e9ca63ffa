/**
 * The module graph: who imports whom inside the audited folder, type imports included.
 *
 * dependency-cruiser reads and resolves the imports, one chunk at a time: the imports of a file
 * depend on nothing but its text and the files beside it. The graph is put together afterwards.
 * Nodes are the audited files, and what they import that is no source (such as `.json`).
 * Components are Tarjan's (Depth-first search and linear graph algorithms, 1972), without
 * recursion, so that a long chain of imports can't overflow the stack.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { failureText, systemCode } from './disk.ts';
import type { Chunk, FanIn, Modules, Progress } from './findings.ts';

/** Imports of each module; every imported module is a key too. */
export type ModuleGraph = Record<string, string[]>;

/** Reads what the files of a chunk import. */
export async function modules(chunk: Chunk, progress?: Progress): Promise<Modules> {
  const cruise = await makeCruise(chunk.root);
  const files = chunk.files.map(({ file }) => file);
  const found: Found = { imports: {}, typeImports: {}, unresolved: [], skipped: [] };
  try {
    await cruise(files, found);
  } catch {
    // One file that can't be read fails its whole chunk, so we look which one it is.
    for (const file of files) {
      try {
        await cruise([file], found);
      } catch (error) {
        const gone = await access(join(chunk.root, file)).then(() => false, isMissing);
        const detail = failureText(error);
        found.skipped.push(
          gone ? { file, reason: 'vanished' } : { file, reason: 'analyser-failed', detail },
        );
      }
    }
  }
  progress?.(files.length, files.length);
  return found;
}

/** Puts the imports of all chunks together; `audited` are the files of the survey. */
export function graphOf(
  audited: Iterable<string>,
  chunks: readonly Pick<Modules, 'imports'>[],
): ModuleGraph {
  const imports = new Map<string, readonly string[]>();
  for (const file of audited) imports.set(file, []);
  const sources = new Set(imports.keys());
  for (const chunk of chunks)
    for (const [file, targets] of Object.entries(chunk.imports)) {
      if (!sources.has(file)) continue;
      const kept = targets.filter((target) => sources.has(target) || !isSource(target));
      imports.set(file, kept);
      for (const target of kept) if (!imports.has(target)) imports.set(target, []);
    }
  const sorted = [...imports].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([file, targets]) => [file, [...targets].sort()]));
}

/** Groups of two or more modules that reach each other; members sorted, the largest group first. */
export function cyclicComponents(graph: ModuleGraph): string[][] {
  return components(graph)
    .filter((members) => members.length > 1)
    .map((members) => members.sort())
    .sort((a, b) => b.length - a.length || ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

/** The most imported modules, the most imported first; modules that nobody imports are left out. */
export function topFanIn(graph: ModuleGraph, max = 15): FanIn[] {
  const counts = new Map<string, number>();
  for (const targets of Object.values(graph))
    for (const file of targets) counts.set(file, (counts.get(file) ?? 0) + 1);
  return [...counts]
    .map(([file, n]) => ({ file, n }))
    .sort((a, b) => b.n - a.n || (a.file < b.file ? -1 : 1))
    .slice(0, max);
}

type Found = Modules & { typeImports: Record<string, string[]> };

/** Adds what files import to `found`; rejects before it adds anything. */
type Cruise = (files: readonly string[], found: Found) => Promise<void>;

async function makeCruise(root: string): Promise<Cruise> {
  const { cruise } = await import('dependency-cruiser');
  const aliases = await tsAliases(root);
  return async (files, found) => {
    const { output } = await cruise(
      files.map(asPattern),
      {
        ...{ baseDir: root, tsPreCompilationDeps: true, validate: false },
        ...{ maxDepth: 1, doNotFollow: { path: '.' } },
        ...(aliases && { tsConfig: { fileName: aliases.fileName } }),
      },
      undefined,
      aliases && { tsConfig: aliases.parsed },
    );
    const wanted = new Set(files);
    for (const { source, dependencies } of typeof output === 'string' ? [] : output.modules) {
      if (!wanted.has(source)) continue;
      // A module can be listed once more, as somebody's dependency and without its own.
      if (dependencies.length > 0) found.imports[source] = targetsOf(dependencies);
      else found.imports[source] ??= [];
      const types = typesAloneIn(dependencies);
      if (types.length > 0) found.typeImports[source] = types;
      for (const { module, couldNotResolve } of dependencies)
        if (couldNotResolve && module.startsWith('.'))
          found.unresolved.push({ file: source, module });
    }
  };
}

interface Dependency {
  readonly resolved: string;
  readonly coreModule: boolean;
  readonly couldNotResolve: boolean;
  readonly dependencyTypes: readonly string[];
}

function targetsOf(dependencies: readonly Dependency[]): string[] {
  const inside = dependencies
    .filter(({ coreModule, couldNotResolve }) => !coreModule && !couldNotResolve)
    .map(({ resolved }) => resolved)
    .filter((file) => !/^(\.\.\/|\/|[A-Za-z]:)|(^|\/)node_modules\//.test(file));
  return [...new Set(inside)].sort();
}

/** Targets of which nothing but types is imported. */
function typesAloneIn(dependencies: readonly Dependency[]): string[] {
  const isType = ({ dependencyTypes }: Dependency) => dependencyTypes.includes('type-only');
  const values = new Set(targetsOf(dependencies.filter((found) => !isType(found))));
  return targetsOf(dependencies.filter(isType)).filter((file) => !values.has(file));
}

/** dependency-cruiser takes names for patterns, so that `[id].tsx` must be said as `?id?.tsx`. */
function asPattern(file: string): string {
  return file.replace(/[()[\]{}*!\\]/g, '?');
}

/** Path aliases of the folder's `tsconfig.json`; a broken one is as good as none here. */
async function tsAliases(root: string) {
  const fileName = join(root, 'tsconfig.json');
  try {
    await access(fileName);
    const { default: extract } = await import('dependency-cruiser/config-utl/extract-ts-config');
    const parsed = extract(fileName);
    const { paths, baseUrl } = parsed.options;
    return paths || baseUrl ? { fileName, parsed } : undefined;
  } catch {
    return undefined;
  }
}

const isMissing = (error: unknown): boolean => systemCode(error) === 'ENOENT';

const isSource = (file: string): boolean => /\.[cm]?[jt]sx?$/i.test(file);

interface Frame {
  readonly file: string;
  readonly index: number;
  low: number;
  next: number;
}

/** Tarjan's algorithm; a frame of `path` is what a call would be. */
function components(graph: ModuleGraph): string[][] {
  const found: string[][] = [];
  const frames = new Map<string, Frame>();
  const open: string[] = [];
  const closed = new Set<string>();
  const path: Frame[] = [];
  const enter = (file: string): void => {
    const frame = { file, index: frames.size, low: frames.size, next: 0 };
    frames.set(file, frame);
    open.push(file);
    path.push(frame);
  };
  const leave = (frame: Frame): void => {
    path.pop();
    const above = path.at(-1);
    if (above) above.low = Math.min(above.low, frame.low);
    if (frame.low !== frame.index) return;
    const members = open.splice(open.lastIndexOf(frame.file));
    for (const member of members) closed.add(member);
    found.push(members);
  };
  for (const file of Object.keys(graph)) {
    if (!frames.has(file)) enter(file);
    for (let frame = path.at(-1); frame; frame = path.at(-1)) {
      const target = graph[frame.file]?.[frame.next++];
      if (target === undefined) leave(frame);
      else {
        const seen = frames.get(target);
        if (!seen) enter(target);
        else if (!closed.has(target)) frame.low = Math.min(frame.low, seen.index);
      }
    }
  }
  return found;
}
