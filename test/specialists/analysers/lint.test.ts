/** What ESLint finds, and that one bad file costs no other. */
import { describe, expect, test } from 'vitest';
import type { Chunk } from '../../../src/specialists/analysers/findings.ts';
import { Complexity, Leftovers } from '../../../src/specialists/analysers/findings.ts';
import { complexity, leftovers } from '../../../src/specialists/analysers/lint.ts';
import { chunksOf, survey } from '../../../src/specialists/analysers/sources.ts';
import { type Files, fakeDisk, folderWith } from './folder.ts';

async function chunkOf(files: Files): Promise<Chunk> {
  const found = await survey({ path: folderWith(files) });
  if ('refused' in found) return expect.fail(found.refused);
  return chunksOf(found, { chunks: 1 })[0] ?? expect.fail('no chunk');
}

async function complexityOf(files: Files): Promise<Complexity> {
  return Complexity.parse(await complexity(await chunkOf(files)));
}

async function commentsOf(files: Files): Promise<Leftovers['warningComments']> {
  return Leftovers.parse(await leftovers(await chunkOf(files))).warningComments;
}

const ifs = (count: number): string =>
  Array.from({ length: count }, (_, i) => `if (a === ${i}) a++;`).join(' ');

describe('complexity', () => {
  test('given functions of many sizes, then all are counted and the worst are named', async () => {
    const found = await complexityOf({
      'a.js': `function small() {}\nconst big = function (a) { ${ifs(11)} };\n`,
      'b.ts': `class B { m(a: number): void { ${ifs(25)} } }\n`,
    });
    expect(found).toMatchObject({ files: 2, functions: 3, maxComplexity: 26 });
    expect(found.complexityHistogram).toEqual({ '1-5': 1, '11-20': 1, '21-50': 1 });
    expect(found.functionsOver10).toEqual([
      { file: 'a.js', line: 2, endLine: 2, what: 'Function', complexity: 12 },
      { file: 'b.ts', line: 1, endLine: 1, what: "Method 'm'", complexity: 26 },
    ]);
    expect(found.cognitiveOver15).toEqual([{ file: 'b.ts', line: 1, value: 25 }]);
  });

  test('given long functions, many parameters and deep nesting, then each is found', async () => {
    const deep = 'if (a) { if (a) { if (a) { if (a) { if (a) { a(); } } } } }';
    const found = await complexityOf({
      'a.ts': `function long() {\n${'\n'.repeat(49)}}\nfunction f(a, b, c, d, e, g) { ${deep} }\n`,
    });
    expect(found.longFunctions).toEqual([{ file: 'a.ts', line: 1, value: 51 }]);
    expect(found.manyParams).toEqual([{ file: 'a.ts', line: 52, value: 6 }]);
    expect(found.depthOver4).toBe(1);
  });

  test('given comments that configure ESLint, then they change nothing', async () => {
    const found = await complexityOf({
      'a.js': `/* eslint-disable */\n/* eslint complexity: off */\nfunction f(a) { ${ifs(11)} }\n`,
    });
    expect(found.functionsOver10).toHaveLength(1);
  });

  test('given a syntax error, then it is named and the other files are audited', async () => {
    const found = await complexityOf({
      'bad.ts': 'const a = 1;\nfunction (\n',
      'good.ts': 'function f() {}\n',
    });
    expect(found.syntaxFaults).toEqual([
      { file: 'bad.ts', line: 2, message: expect.stringMatching(/expected/i) },
    ]);
    expect(found).toMatchObject({ files: 2, functions: 1, skipped: [] });
  });

  test('given every kind and its syntax, then all are parsed', async () => {
    const found = await complexityOf({
      'a.js': '#!/usr/bin/env node\nconst a = <b>{() => 1}</b>;\n',
      'b.mjs': 'export default await (async () => 1)();\n',
      'c.cjs': 'with (a) { module.exports = () => 1; }\n',
      'd.jsx': 'export const D = () => <><d /></>;\n',
      'e.ts': 'const e = <T>(t: T): T => t; enum E { A } let x = <any>e;\n',
      'f.mts': 'export const f = (a: number) => a satisfies number;\n',
      'g.cts': 'import fs = require("fs"); export = () => fs;\n',
      'h.tsx': 'export const H = <T,>(t: T) => <h>{t as string}</h>;\n',
      'i.js': '@decorated class I { static { this.x = () => 1; } #p = () => 2; accessor q = 1; }\n',
      'j.js': '\uFEFFconst j = () => 1;\r\n',
      'k.JS': 'const k = () => 1;\n',
      'l.ts': '',
    });
    expect(found.syntaxFaults).toEqual([]);
    expect(found).toMatchObject({ files: 12, skipped: [] });
    expect(found.functions).toBeGreaterThanOrEqual(11);
  });

  test('given names that look like patterns or ignored paths, then they are audited', async () => {
    const found = await complexityOf({
      'app/(group)/[id].tsx': 'export const a = () => 1;\n',
      'app/!x/{y}*.ts': 'export const a = () => 1;\n',
      '.hidden/.x.ts': 'export const a = () => 1;\n',
    });
    expect(found).toMatchObject({ files: 3, functions: 3, syntaxFaults: [], skipped: [] });
  });

  test('given brackets too deep for the parser, then the file is left aside', async () => {
    const text = `const a = ${'('.repeat(6_000)}1${')'.repeat(6_000)};`;
    const { syntaxFaults, skipped } = await complexityOf({ 'a.js': text });
    expect(syntaxFaults).toEqual([]);
    expect(skipped).toMatchObject([{ file: 'a.js', reason: 'analyser-failed' }]);
  });

  test('given a name that breaks the message of a rule, then the value is still read', async () => {
    const found = await complexityOf({
      'a.js': `const o = { 'f has a complexity of 3. M\\n'(a) { ${ifs(12)} } };\n`,
    });
    expect(found.functionsOver10).toEqual([expect.objectContaining({ complexity: 13 })]);
  });
});

describe('leftovers', () => {
  test('given the four words in comments, then each comment is found by its line', async () => {
    const found = await commentsOf({
      'a.js': [
        '// todo: one',
        'const todo = "FIXME in a string";',
        '/* first',
        ' * then HACK, and xxx',
        ' */',
        '// todos are no todo-list; see mastodon',
        '// a method: Fixme!',
      ].join('\n'),
      'b.ts': 'const a = 1;\n',
    });
    expect(found).toEqual([
      { file: 'a.js', line: 1, term: 'todo' },
      { file: 'a.js', line: 3, term: 'hack' },
      { file: 'a.js', line: 3, term: 'xxx' },
      { file: 'a.js', line: 6, term: 'todo' },
      { file: 'a.js', line: 7, term: 'fixme' },
    ]);
  });
});

describe('files that changed since the survey', () => {
  test('given one changed, one gone and one locked, then each is named', async () => {
    const chunk: Chunk = {
      root: '/r',
      files: ['a.js', 'b.js', 'c.js', 'd.js'].map((file) => ({ file, sha256: 'old' })),
    };
    const files = { 'a.js': 'function a() {}', 'c.js': '1', 'd.js': '// todo' };
    const disk = fakeDisk('/r', files, { 'c.js': 'EACCES' });
    const told: number[] = [];
    const found = await complexity(chunk, (done) => told.push(done), disk);
    const notes = {
      changed: ['a.js', 'd.js'],
      skipped: [
        { file: 'b.js', reason: 'vanished' },
        { file: 'c.js', reason: 'unreadable', detail: 'EACCES' },
      ],
    };
    expect(found).toMatchObject({ functions: 1, ...notes });
    expect(told).toEqual([1, 2]);
    expect(await leftovers(chunk, undefined, disk)).toMatchObject(notes);
  });
});
