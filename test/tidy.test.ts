/**
 * The house is in order: every rule of `test/tidy` against every file of the repository.
 * A failure names file and line, the number of the rule in the style, and what to do.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allowed } from './tidy/allowed.ts';
import { objections, rules, staleAllowances } from './tidy/rules.ts';
import { readRepository } from './tidy/source.ts';

const repository = readRepository(fileURLToPath(new URL('..', import.meta.url)));

test.each(rules)('tidy $number $name: $title', (rule) => {
  expect(objections(rule, repository, allowed)).toEqual([]);
});

test('tidy: every allowance is needed and gives its reason', () => {
  expect(staleAllowances(repository, allowed)).toEqual([]);
});
