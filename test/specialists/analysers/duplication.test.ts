/** Clones: what is found, in which order, and that large files are searched too. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplication } from '../../../src/specialists/analysers/duplication.ts';
import { Duplication } from '../../../src/specialists/analysers/findings.ts';
import { type Files, fakeDisk } from './folder.ts';

async function clonesIn(files: Files): Promise<Duplication> {
  const chunk = { root: '/r', files: Object.keys(files).map((file) => ({ file, sha256: '' })) };
  return Duplication.parse(await duplication(chunk, undefined, fakeDisk('/r', files)));
}

/** Lines of ten tokens that no other seed has. */
const block = (seed: string, lines: number): string =>
  Array.from({ length: lines }, (_, i) => `call(${seed}${i}, ${i}, '${seed}', [${i}]);\n`).join('');

test('given two files with a block in common, then one clone with its lines', async () => {
  const found = await clonesIn({
    'a.ts': `${block('p', 3)}${block('x', 10)}${block('q', 3)}`,
    'b.ts': `${block('r', 6)}${block('x', 10)}`,
  });
  // It begins with the end of the line above, which is the same everywhere.
  expect(found.clones).toEqual([
    {
      a: 'a.ts',
      aStart: 3,
      aEnd: 13,
      b: 'b.ts',
      bStart: 6,
      bEnd: 16,
      lines: 11,
      tokens: expect.any(Number),
    },
  ]);
  expect(found.duplicatedLines).toBe(10);
  expect(found.duplicationPercent).toBe(31.25);
});

test('given a block twice in one file, then it is a clone of itself', async () => {
  const found = await clonesIn({ 'a.js': `${block('x', 8)}${block('y', 3)}${block('x', 8)}` });
  expect(found.clones).toEqual([expect.objectContaining({ a: 'a.js', aStart: 12, bStart: 1 })]);
});

test('given a block in two languages, a short one, a short file, then nothing', async () => {
  const found = await clonesIn({
    ...{ 'a.ts': block('x', 10), 'b.js': block('x', 10) },
    ...{ 'c.ts': block('s', 3), 'd.ts': block('s', 3), 'e.ts': '', 'f.ts': 'a\n'.repeat(9) },
  });
  expect(found).toEqual({
    ...{ clones: [], duplicatedLines: 0, duplicationPercent: 0, changed: expect.any(Array) },
    skipped: [],
  });
});

test('given a file above 1,000 lines, then it is searched after the others', async () => {
  const found = await clonesIn({
    'large.ts': `${block('l', 1_200)}${block('x', 10)}`,
    'a.ts': block('x', 10),
    'b.ts': `${block('m', 1)}${block('x', 10)}`,
  });
  expect(found.clones.map(({ a, b }) => [a, b])).toEqual([
    ['a.ts', 'b.ts'],
    ['large.ts', 'b.ts'],
  ]);
});

test('property: a block in several files is found in all but the first searched', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f/g/h'), { minLength: 1 }),
      async (names) => {
        const files = names.map((name) => [`${name}.ts`, block(name, 6) + block('x', 9)]);
        const { clones } = await clonesIn(Object.fromEntries(files));
        expect(clones).toHaveLength(names.length - 1);
        expect(new Set(clones.map(({ b }) => b)).size).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 20 },
  ));
