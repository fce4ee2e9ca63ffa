/**
 * The facts of published packages, against those that independent tools found. The packages come
 * from the registry; the known facts are read from the folder TROUPE_DATA.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createPool, Facts, notesOf } from '../../../src/specialists/analysers/index.ts';
import { dataFolder } from '../../data.ts';
import { audit } from './audit.ts';
import { folderWith } from './folder.ts';
import { KnownFacts, objections } from './tolerances.ts';

const folder = dataFolder('code-facts');
const run = promisify(execFile);

function factFiles(): readonly KnownFacts[] {
  if (!folder) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => KnownFacts.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

/** Unpacks a package and gives its folder; undefined when the registry can't be reached. */
async function unpack({ package: name, integrity }: KnownFacts): Promise<string | undefined> {
  const place = folderWith({});
  const packed = await run('npm', ['pack', name, '--json', '--pack-destination', place], {
    cwd: place,
  }).catch((error: unknown) => {
    if (
      /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|E5\d\d|E40[137]/.test(
        `${error}`,
      )
    )
      return undefined;
    throw error;
  });
  if (!packed) return undefined;
  const archive =
    readdirSync(place).find((file) => file.endsWith('.tgz')) ?? expect.fail('no file');
  const hash = createHash('sha512')
    .update(readFileSync(join(place, archive)))
    .digest('base64');
  expect(`sha512-${hash}`).toBe(integrity);
  await run('tar', ['-xzf', archive], { cwd: place });
  return join(place, 'package');
}

describe('known facts', () => {
  test.for(factFiles())(
    '$package: the facts are those that others found',
    async (known, { skip }) => {
      const place = await unpack(known);
      if (!place) return skip('the package registry is out of reach');
      await using pool = createPool();
      const { facts, results } = await audit(pool, join(place, known.root));
      expect(objections(known, facts)).toEqual([]);
      expect(notesOf(results)).toEqual({ changed: [], skipped: [] });
    },
  );

  if (!folder) test('of published packages', ({ skip }) => skip('skipped: no data'));
});

const project = {
  'src/a.ts': `import { b } from './b.ts';\n// todo: less\nexport const a = () => b;\n`,
  'src/b.ts': `import { a } from './a.ts';\nexport const b = () => a;\n`,
  'src/bad.ts': 'function (\n',
  'src/long.js': `function f(a, b, c, d, e, g) {\n${'  if (a) b();\n'.repeat(60)}}\n`,
  'src/twice.js': `function h(a, b, c, d, e, g) {\n${'  if (a) b();\n'.repeat(60)}}\n`,
  'readme.md': '# todo\n',
};

describe('an audit', () => {
  test('given small chunks or one, then the facts are the same, and complete', async () => {
    const path = folderWith(project);
    await using pool = createPool();
    const { facts, results } = await audit(pool, path, { bytes: 1 });
    expect((await audit(pool, path)).facts).toEqual(facts);
    expect(Facts.parse(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
    expect(results.complexity).toHaveLength(5);
    expect(facts).toMatchObject({
      files: 5,
      totals: {
        ...{ code: 129, comment: 1, blank: 0, functions: 4, parseErrors: 1, maxComplexity: 61 },
        ...{ over10: 2, over20: 2, warningComments: 1, byTerm: { todo: 1 }, clones: 2 },
        ...{ functionsOver50Lines: 2, functionsOver5Params: 2, moduleEdges: 2 },
        ...{ cyclicComponents: 1, modulesInCycles: 2, depthOver4: 0 },
        complexityHistogram: { '51+': 2, '1-5': 2 },
      },
      longFunctions: [
        { file: 'src/long.js', line: 1, value: 62 },
        { file: 'src/twice.js', line: 1, value: 62 },
      ],
      moduleGraph: { 'src/a.ts': ['src/b.ts'], 'src/b.ts': ['src/a.ts'], 'src/bad.ts': [] },
      cyclicComponents: [['src/a.ts', 'src/b.ts']],
    });
    expect(Object.keys(facts.perFileLines)[0]).toBe('src/long.js');
  });

  test('given facts that differ by more than the tolerances, then each is named', async () => {
    await using pool = createPool();
    const { facts } = await audit(pool, folderWith(project));
    expect(objections(facts, facts)).toEqual([]);
    const [clone] = facts.clones;
    const known = {
      ...facts,
      files: 6,
      perFileLines: { ...facts.perFileLines, 'src/a.ts': { code: 9, comment: 0, blank: 0 } },
      functionsOver10: facts.functionsOver10.map((f) => ({ ...f, complexity: f.complexity + 2 })),
      longFunctions: [],
      manyParams: [],
      warningComments: [1, 2, 3].map((line) => ({ file: 'src/b.ts', line, term: 'todo' })),
      clones: clone ? [{ ...clone, b: 'src/b.ts' }] : [],
      moduleGraph: { ...facts.moduleGraph, 'src/a.ts': [] },
      cyclicComponents: [],
    };
    expect(objections(known, facts)).toHaveLength(11);
  });
});
