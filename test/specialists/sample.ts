/**
 * A small code base that is always the same: 25 files, several chunks, and something to find for
 * each of the team: tangled functions, alike lines, a cycle, leftovers, a file nobody can parse.
 */
import type { Files } from './analysers/folder.ts';

/** How many files `sample` has. */
export const sampleFiles = 25;

/** What some of the files have in common. */
const alike = `export function alike(values: readonly number[]): Record<string, number> {
  const sum = values.reduce((a, b) => a + b, 0);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return { sum, least, most, mean: sum / values.length };
}`;

/** The files of the code base. */
export const sample: Files = Object.fromEntries(
  Array.from({ length: sampleFiles }, (_, number) => [nameOf(number), textOf(number)]),
);

function nameOf(number: number): string {
  const folder = ['src', 'src/inner', 'src/inner/deep', 'test'][number % 4];
  return `${folder}/file-${String(number).padStart(2, '0')}.ts`;
}

function textOf(number: number): string {
  if (number === 13) return 'export function (\n';
  const other = (number + 4) % sampleFiles;
  const up = '../'.repeat(nameOf(number).split('/').length - 1);
  return [
    `import { run${other} } from '${up}${nameOf(other)}';`,
    ...(number % 5 === 0 ? [`// todo: number ${number} is to be mended`] : []),
    ...(number % 6 === 1 ? [alike] : []),
    ...Array.from({ length: 24 }, (_, index) => blockOf(number, index)),
    `export const run${number} = (input: number) => part${number}x0(input) + run${other}(1);`,
    '',
  ].join('\n');
}

/** A function; its branches depend on its place, so that few are alike. */
function blockOf(number: number, index: number): string {
  const branches = 1 + ((number * 7 + index * 3) % 14);
  return [
    `function part${number}x${index}(input: number): number {`,
    '  let total = 0;',
    ...Array.from({ length: branches }, (_, branch) => {
      const limit = (number * 31 + index * 17 + branch * 5) % 97;
      return `  if (input > ${limit}) total += input * ${branch + 1} - ${index};`;
    }),
    '  return total;',
    '}',
  ].join('\n');
}
