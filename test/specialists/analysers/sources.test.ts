/** The survey: what is audited, what is left aside and why, and what is refused. */
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../../../src/specialists/analysers/disk.ts';
import { Survey, type SurveyRequest } from '../../../src/specialists/analysers/findings.ts';
import { chunksOf, survey, surveyLimits } from '../../../src/specialists/analysers/sources.ts';
import { fakeDisk, folderWith } from './folder.ts';

async function surveyOf(request: SurveyRequest, disk?: Disk): Promise<Survey> {
  return Survey.parse(await survey(request, undefined, disk));
}

const filesOf = ({ files }: Survey): string[] => files.map(({ file }) => file);

describe('what is audited', () => {
  test('given files of many kinds, then sources are audited and all are counted', async () => {
    const path = folderWith({
      'src/b.ts': 'export const b = 1; // one\n\n',
      'src/a.jsx': '<a/>;\n',
      'src/types.d.ts': 'export type A = 1;\n',
      'readme.md': '# A\n\nB\n',
      'logo.png': new Uint8Array([137, 80, 0, 10, 10]),
      LICENSE: 'free',
    });
    const found = await surveyOf({ path });
    expect(filesOf(found)).toEqual(['src/a.jsx', 'src/b.ts']);
    expect(found.files[1]).toEqual({
      file: 'src/b.ts',
      kind: 'ts',
      bytes: 28,
      sha256: createHash('sha256').update('export const b = 1; // one\n\n').digest('hex'),
      lines: { code: 1, comment: 0, blank: 1 },
    });
    expect(
      found.kinds.map(({ kind, audited, files, lines }) => [kind, audited, files, lines]),
    ).toEqual([
      ['md', false, 1, 3],
      ['ts', true, 1, 2],
      ['d.ts', false, 1, 1],
      ['jsx', true, 1, 1],
      ['none', false, 1, 1],
      ['png', false, 1, 0],
    ]);
    expect(found.root).toBe(path);
  });

  test('given packages and build output, then they are left out by name', async () => {
    const path = folderWith({
      'a.js': '1',
      'node_modules/x/index.js': '1',
      'dist/a.js': '1',
      'packages/one/package.json': '{}',
      'packages/one/dist/a.js': '1',
      'packages/one/index.js': '1',
      'src/build/plan.js': '1',
      'src/node_modules/y.js': '1',
      'a.min.js': '1',
    });
    const found = await surveyOf({ path });
    expect(filesOf(found)).toEqual(['a.js', 'packages/one/index.js', 'src/build/plan.js']);
    expect(found.leftOut).toEqual([
      'dist',
      'node_modules',
      'src/node_modules',
      'packages/one/dist',
    ]);
    expect(found.skipped).toEqual([
      { file: 'a.min.js', reason: 'minified', detail: 'by its name' },
    ]);
    const all = await surveyOf({ path, leaveOut: ['src'] });
    expect(filesOf(all)).toContain('node_modules/x/index.js');
    expect(all.leftOut).toEqual(['src']);
  });

  test('given a .gitignore at the top, then what it names is left out', async () => {
    const path = folderWith({
      '.gitignore': 'generated/\n*.gen.ts\n!keep.gen.ts\n',
      'a.ts': '1',
      'b.gen.ts': '1',
      'keep.gen.ts': '1',
      'src/generated/c.ts': '1',
    });
    const found = await surveyOf({ path });
    expect(filesOf(found)).toEqual(['a.ts', 'keep.gen.ts']);
    expect(found.leftOut).toEqual(['b.gen.ts', 'src/generated']);
  });

  test('given a folder reached through a link, then the real folder is the root', async () => {
    const root = folderWith({ 'real/a.ts': '1' });
    symlinkSync(join(root, 'real'), join(root, 'linked'));
    expect((await surveyOf({ path: join(root, 'linked') })).root).toBe(join(root, 'real'));
  });
});

describe('what is left aside', () => {
  test('given files that are no plain source, then each is named with its reason', async () => {
    const long = `const a = '${'x'.repeat(surveyLimits.minifiedBytes)}';`;
    const path = folderWith({
      'a.js': '1',
      'binary.js': new Uint8Array([97, 0, 98]),
      'huge.js': 'x;'.repeat(60),
      'packed.js': long,
    });
    const found = await surveyOf({ path, fileBytesMax: 100 });
    expect(filesOf(found)).toEqual(['a.js']);
    expect(found.skipped).toEqual([
      { file: 'binary.js', reason: 'binary' },
      { file: 'huge.js', reason: 'too-large', detail: '120 bytes, at most 100' },
      { file: 'packed.js', reason: 'too-large', detail: `${long.length} bytes, at most 100` },
    ]);
    const larger = await surveyOf({ path });
    expect(larger.skipped.map(({ file, reason }) => [file, reason])).toEqual([
      ['binary.js', 'binary'],
      ['packed.js', 'minified'],
    ]);
  });

  test('given bytes that are no UTF-8, then the file is audited and named', async () => {
    const path = folderWith({
      'latin.js': new Uint8Array([47, 47, 32, 233, 10, 97, 10]),
      'mark.js': '\uFEFFa\n',
    });
    const found = await surveyOf({ path });
    expect(found.invalidUtf8).toEqual(['latin.js']);
    expect(found.files.map(({ lines }) => lines)).toEqual([
      { code: 1, comment: 1, blank: 0 },
      { code: 1, comment: 0, blank: 0 },
    ]);
  });

  test('given links, then none is followed and only those that lead away are named', async () => {
    const outside = folderWith({ 'secret.js': '1' });
    const path = folderWith({ 'a.js': '1', 'sub/b.js': '1' });
    symlinkSync(path, join(path, 'sub', 'loop'));
    symlinkSync(join(path, 'a.js'), join(path, 'again.js'));
    symlinkSync(outside, join(path, 'away'));
    symlinkSync(join(path, 'gone'), join(path, 'broken.js'));
    symlinkSync(join(path, 'circle'), join(path, 'circle'));
    const found = await surveyOf({ path });
    expect(filesOf(found)).toEqual(['a.js', 'sub/b.js']);
    expect(found.skipped).toEqual([
      { file: 'away', reason: 'link-outside' },
      { file: 'broken.js', reason: 'link-broken' },
      { file: 'circle', reason: 'link-broken' },
    ]);
  });

  test('given files and folders that can not be read, then the rest is audited', async () => {
    const files = { 'a.ts': '1', 'b.ts': '1', 'c.md': '1', 'sub/d.ts': '1', 'e/f.ts': '1' };
    const disk = fakeDisk('/r', files, { 'b.ts': 'EACCES', 'c.md': 'EIO', sub: 'EPERM' });
    const found = await surveyOf({ path: '/r' }, disk);
    expect(filesOf(found)).toEqual(['a.ts', 'e/f.ts']);
    expect(found.skipped).toEqual([
      { file: 'b.ts', reason: 'unreadable', detail: 'EACCES' },
      { file: 'c.md', reason: 'unreadable', detail: 'EIO' },
      { file: 'sub', reason: 'unreadable', detail: 'EPERM' },
    ]);
  });
});

describe('what is refused', () => {
  test('given nothing at the path, then AUDIT_PATH_MISSING', async () => {
    const path = join(folderWith({ a: '' }), 'gone');
    expect(await survey({ path })).toEqual({ refused: 'AUDIT_PATH_MISSING', data: { path } });
    const below = join(folderWith({ a: '' }), 'a', 'b');
    expect(await survey({ path: below })).toMatchObject({ refused: 'AUDIT_PATH_MISSING' });
  });

  test('given a file, then AUDIT_PATH_NOT_FOLDER', async () => {
    const path = join(folderWith({ 'a.js': '1' }), 'a.js');
    expect(await survey({ path })).toEqual({ refused: 'AUDIT_PATH_NOT_FOLDER', data: { path } });
  });

  test('given a folder that can not be listed, then AUDIT_PATH_UNREADABLE', async () => {
    const disk = fakeDisk('/r', { 'a.ts': '1' }, {});
    const closed: Disk = { ...disk, entries: () => Promise.reject({ code: 'EACCES' }) };
    const refused = await survey({ path: '/r' }, undefined, closed);
    expect(refused).toMatchObject({ refused: 'AUDIT_PATH_UNREADABLE', data: { path: '/r' } });
  });

  test('given a circle of links as the path, then AUDIT_PATH_UNREADABLE', async () => {
    const path = join(folderWith({ a: '' }), 'circle');
    symlinkSync(path, path);
    expect(await survey({ path })).toEqual({
      refused: 'AUDIT_PATH_UNREADABLE',
      data: { path, reason: 'ELOOP' },
    });
  });

  test('given no source, then AUDIT_FOLDER_EMPTY says what was there', async () => {
    const path = folderWith({ 'a.md': '1', 'b.js': new Uint8Array([0]), 'dist/c.js': '1' });
    mkdirSync(join(path, 'empty'));
    expect(await survey({ path })).toEqual({
      refused: 'AUDIT_FOLDER_EMPTY',
      data: { path, otherFiles: 1, skipped: ['b.js (binary)'] },
    });
    const large = folderWith({ 'a.js': 'a'.repeat(20), 'b.ts': 'b'.repeat(20) });
    const found = await survey({ path: large, fileBytesMax: 10 });
    expect('refused' in found && found.data).toEqual({
      ...{ path: large, otherFiles: 0 },
      skipped: ['a.js (too large: 20 bytes, at most 10)', 'b.ts (too large: 20 bytes, at most 10)'],
    });
    const empty = join(path, 'empty');
    expect(await survey({ path: empty })).toMatchObject({ refused: 'AUDIT_FOLDER_EMPTY' });
  });

  test('given more entries than the limit, then AUDIT_FOLDER_TOO_LARGE', async () => {
    const many = Array.from({ length: surveyLimits.entries + 1 }, (_, i) => ({
      name: `f${i}.js`,
      type: 'file' as const,
    }));
    const disk: Disk = { ...fakeDisk('/r', { 'a.js': '1' }), entries: async () => many };
    expect(await survey({ path: '/r' }, undefined, disk)).toEqual({
      refused: 'AUDIT_FOLDER_TOO_LARGE',
      data: { path: '/r', entriesMax: surveyLimits.entries },
    });
  });
});

const name = fc.constantFrom('a', 'b', 'c.ts', 'd.js', 'e.tsx', 'f.md', 'dist', 'g.d.ts');
const tree = fc
  .array(fc.array(name, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 })
  .map((paths) => {
    const kept = new Map<string, string>();
    for (const path of paths.map((names) => `${names.join('/')}.ts`)) kept.set(path, path);
    return Object.fromEntries(kept);
  });

test('property: the survey does not depend on the order in which the disk lists files', () =>
  fc.assert(
    fc.asyncProperty(tree, async (files) => {
      const turned = Object.fromEntries(Object.entries(files).reverse());
      const one = await survey({ path: '/r' }, undefined, fakeDisk('/r', files));
      const other = await survey({ path: '/r' }, undefined, fakeDisk('/r', turned));
      expect(other).toEqual(one);
      if ('files' in one) expect(filesOf(one)).toEqual(filesOf(one).toSorted());
    }),
  ));

test('property: chunks hold every file once, in order, and are no more than asked', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 });
  const limits = fc.record({
    bytes: fc.integer({ min: 1, max: 9_000 }),
    chunks: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(sizes, limits, (bytes, options) => {
      const files = bytes.map((size, i) => ({
        ...{ file: `f${i}.ts`, kind: 'ts', bytes: size, sha256: String(i) },
        lines: { code: 0, comment: 0, blank: 0 },
      }));
      const chunks = chunksOf({ root: '/r', files }, options);
      expect(chunks.flatMap((chunk) => chunk.files)).toEqual(
        files.map(({ file, sha256 }) => ({ file, sha256 })),
      );
      expect(chunks.length).toBeLessThanOrEqual(options.chunks);
      expect(chunks.every((chunk) => chunk.files.length > 0)).toBe(true);
    }),
  );
});
