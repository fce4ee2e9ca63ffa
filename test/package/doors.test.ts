/**
 * The doors of the package: each has a source, and every tool takes its name for the same one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doors, fileOf } from '../doors.ts';
import { PUBLIC_DOORS, USER_ZONES } from '../tidy/rules/ranks.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

test('every door has a source', () => {
  expect(doors.filter((door) => !existsSync(fileOf(door)))).toEqual([]);
});

test('the checker takes each name for the source of its door', () => {
  const { paths } = read('../../tsconfig.json').compilerOptions;
  expect(paths).toEqual(Object.fromEntries(doors.map((d) => [d.name, [`./${d.source}`]])));
});

test('the house rules know each door', () => {
  const known = [...PUBLIC_DOORS, ...USER_ZONES.map((zone) => `${zone}/index.ts`)];
  expect(known).toEqual(expect.arrayContaining(doors.map(({ source }) => source)));
});

test('every door has types and a default, types first', () => {
  for (const target of Object.values(read('../../package.json').exports))
    if (typeof target === 'object') expect(Object.keys(target ?? {})).toEqual(['types', 'default']);
});
