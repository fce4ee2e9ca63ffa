/** The module graph, and the law that its components obey. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Modules } from '../../../src/specialists/analysers/findings.ts';
import {
  cyclicComponents,
  graphOf,
  type ModuleGraph,
  modules,
  topFanIn,
} from '../../../src/specialists/analysers/modules.ts';
import { chunksOf, survey } from '../../../src/specialists/analysers/sources.ts';
import { type Files, folderWith, writeInto } from './folder.ts';

async function graphIn(files: Files, bytes = 1): Promise<ModuleGraph> {
  const found = await survey({ path: folderWith(files) });
  if ('refused' in found) return expect.fail(found.refused);
  const parts: Modules[] = [];
  for (const chunk of chunksOf(found, { bytes })) parts.push(Modules.parse(await modules(chunk)));
  expect(parts.flatMap(({ skipped }) => skipped)).toEqual([]);
  return graphOf(
    found.files.map(({ file }) => file),
    parts,
  );
}

const project = {
  'a.ts': "import type { B } from './b';\nexport * from './c.js';\nimport './data.json';\n",
  'b.ts': "export type B = 1;\nexport const load = () => import('./sub');\n",
  'c.ts': "import { x } from 'unknown';\nimport fs from 'node:fs';\nimport './gone';\nx(fs);\n",
  'sub/index.js': "const b = require('../b');\nrequire('./types');\nmodule.exports = b;\n",
  'sub/types.d.ts': 'export type T = 1;\n',
  'sub/old.jsx': "import '../node_modules/x/index.js';\nimport '../dist/a.js';\n",
  'node_modules/x/index.js': '1',
  'dist/a.js': '1',
  'data.json': '{}',
};

describe('modules', () => {
  test('given imports of all sorts, then the edges are those inside the folder', async () => {
    const graph = await graphIn(project);
    expect(graph).toEqual({
      'a.ts': ['b.ts', 'c.ts', 'data.json'],
      'b.ts': ['sub/index.js'],
      'c.ts': [],
      'data.json': [],
      'sub/index.js': ['b.ts'],
      'sub/old.jsx': [],
    });
    expect(await graphIn(project, 1_000_000)).toEqual(graph);
    expect(cyclicComponents(graph)).toEqual([['b.ts', 'sub/index.js']]);
    expect(topFanIn(graph)).toEqual([
      { file: 'b.ts', n: 2 },
      { file: 'c.ts', n: 1 },
      { file: 'data.json', n: 1 },
      { file: 'sub/index.js', n: 1 },
    ]);
    expect(topFanIn(graph, 1)).toEqual([{ file: 'b.ts', n: 2 }]);
  });

  test('given imports of types, then those that import nothing else are told', async () => {
    const files = {
      'a.ts': "import type { B } from './b';\nimport type { C } from './c';\nimport './c';\n",
      ...{ 'b.ts': 'export type B = 1;\n', 'c.ts': 'export type C = 1;\n' },
    };
    const found = await survey({ path: folderWith(files) });
    if ('refused' in found) return expect.fail(found.refused);
    const [chunk] = chunksOf(found);
    expect(chunk && (await modules(chunk)).typeImports).toEqual({ 'a.ts': ['b.ts'] });
  });

  test('given names that look like patterns, then their imports are found', async () => {
    const graph = await graphIn({
      'app/(group)/[id].tsx': "import '../../lib/{x}';\n",
      'lib/{x}.ts': "import '../app/(group)/[id]';\n",
    });
    expect(graph).toEqual({
      'app/(group)/[id].tsx': ['lib/{x}.ts'],
      'lib/{x}.ts': ['app/(group)/[id].tsx'],
    });
  });

  test('given path aliases in tsconfig.json, then they are followed', async () => {
    const files = { 'src/a.ts': "import '@/b';\n", 'src/b.ts': 'export {};\n' };
    const tsconfig = '{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"] } } }';
    expect(await graphIn({ ...files, 'tsconfig.json': tsconfig })).toMatchObject({
      'src/a.ts': ['src/b.ts'],
    });
    expect(await graphIn({ ...files, 'tsconfig.json': '{' })).toMatchObject({ 'src/a.ts': [] });
  });

  test('given syntax errors and odd text, then the other imports are found', async () => {
    const graph = await graphIn({
      'a.js': "import './b';\n",
      'b.js': 'const = ;\n',
      'c.ts': "import './a';\nfunction (\n",
    });
    expect(graph).toMatchObject({ 'a.js': ['b.js'], 'c.ts': ['a.js'] });
  });

  test('given imports that lead nowhere, then the relative ones are named', async () => {
    const path = folderWith({
      'a.ts': "import './b';\nimport './gone';\nimport 'x';\n",
      'b.ts': '1',
    });
    const found = await survey({ path });
    if ('refused' in found) return expect.fail(found.refused);
    const [chunk] = chunksOf(found, { chunks: 1 });
    expect(chunk && (await modules(chunk)).unresolved).toEqual([
      { file: 'a.ts', module: './gone' },
    ]);
    writeInto(path, { 'package.json': '{ broken' });
    expect(chunk && (await modules(chunk)).unresolved).toHaveLength(2);
  });

  test('given a file that is gone, then it is named and the chunk is done', async () => {
    const path = folderWith({ 'a.ts': "import './b';", 'b.ts': '1', 'c.ts': '1' });
    const found = await survey({ path });
    if ('refused' in found) return expect.fail(found.refused);
    rmSync(join(path, 'c.ts'));
    const [chunk] = chunksOf(found, { chunks: 1 });
    expect(chunk && (await modules(chunk))).toEqual({
      imports: { 'a.ts': ['b.ts'], 'b.ts': [] },
      typeImports: {},
      unresolved: [],
      skipped: [{ file: 'c.ts', reason: 'vanished' }],
    });
  });
});

const names = Array.from({ length: 12 }, (_, i) => `m${i}.ts`);
const someGraph = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 40 })
  .map((edges) => {
    const targets = new Map<string, Set<string>>(names.map((file) => [file, new Set()]));
    for (const [from, to] of edges) targets.get(from)?.add(to);
    return Object.fromEntries([...targets].map(([file, to]) => [file, [...to].sort()]));
  });

function reaches(graph: ModuleGraph, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(graph[from] ?? [])];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(...(graph[file] ?? []));
  }
  return reached;
}

describe('components', () => {
  test('property: two modules share a component exactly when they reach each other', () => {
    fc.assert(
      fc.property(someGraph, (graph) => {
        const groups = cyclicComponents(graph);
        const reached = new Map(names.map((file) => [file, reaches(graph, file)]));
        for (const a of names)
          for (const b of names) {
            if (a === b) continue;
            const mutual = reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true;
            expect(groups.some((group) => group.includes(a) && group.includes(b))).toBe(mutual);
          }
        expect(groups.every((group) => group.length > 1)).toBe(true);
        expect(groups.flat()).toHaveLength(new Set(groups.flat()).size);
        expect(groups.map((group) => group.toSorted())).toEqual(groups);
        expect(groups.map(({ length }) => length)).toEqual(
          groups.map(({ length }) => length).toSorted((a, b) => b - a),
        );
      }),
    );
  });

  test('given a chain of 50,000 imports that closes, then it is one component', () => {
    const file = (i: number): string => `m${String(i % 50_000).padStart(5, '0')}`;
    const graph = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, i) => [file(i), [file(i + 1)]]),
    );
    expect(cyclicComponents(graph).map(({ length }) => length)).toEqual([50_000]);
    expect(cyclicComponents({ ...graph, [file(49_999)]: [] })).toEqual([]);
  });
});
