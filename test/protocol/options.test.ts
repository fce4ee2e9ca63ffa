/**
 * Options: refused whole, with one error that names the field.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  checkOptions,
  definitionFields,
  definitionId,
  FunctionOption,
  PureFunctionOption,
  SchemaOption,
} from '../../src/protocol/index.ts';
import { errorOf, refusal } from '../refusal.ts';

const Options = z.strictObject({
  ...definitionFields,
  output: SchemaOption.optional(),
  run: FunctionOption.optional(),
  pure: PureFunctionOption.optional(),
  items: z.array(z.strictObject({ size: z.int() })).optional(),
});
const problemOf = (options: object) => {
  const { field, problem } = refusal(() => checkOptions(Options, { id: 'a', ...options }, 'bot a'));
  return `${field} ${problem}`;
};
const aDuration = "must be milliseconds of at least 0, or a text such as '30s', '5m', '2h' or '3d'";
const wholeFromOne = 'must be a whole number of at least 1';

test.each([
  [{ tittle: 'x' }, 'tittle is no option here'],
  [{ retry: { atempts: 2 } }, 'retry.atempts is no option here'],
  [{ items: [{ size: 1 }, { size: 1, colour: 2 }] }, 'items[1].colour is no option here'],
  [{ title: 7 }, 'title must be a text'],
  [{ title: '' }, 'title must not be empty'],
  [{ retry: true }, 'retry must be false, or an object with attempts, backoff or backoffMax'],
  [{ retry: { attempts: 0 } }, `retry.attempts ${wholeFromOne}`],
  [{ retry: { attempts: 1.5 } }, `retry.attempts ${wholeFromOne}`],
  [{ retry: { backoff: '1 year' } }, `retry.backoff ${aDuration}`],
  [{ retry: { backoffMax: -1 } }, `retry.backoffMax ${aDuration}`],
  [{ timeout: Number.NaN }, `timeout ${aDuration}`],
  [{ timeout: 0 }, 'timeout must be longer than 0'],
  [{ timeout: '0s' }, 'timeout must be longer than 0'],
  [{ input: { type: 'object' } }, 'input must be a Standard Schema, such as z.object({ … })'],
  [{ output: z.object }, 'output must be a Standard Schema, such as z.object({ … })'],
  [{ run: 'now' }, 'run must be a function, and no generator'],
  [{ run: function* () {} }, 'run must be a function, and no generator'],
  [{ run: async function* () {} }, 'run must be a function, and no generator'],
  [{ pure: async () => 1 }, 'pure must be synchronous'],
])('%j is refused: %s', (options, said) => {
  expect(problemOf(options)).toBe(said);
});

test('a misspelt field is named before what is missing because of it', () => {
  const error = errorOf(() => checkOptions(Options, { idd: 'a', title: 3 }, 'bot a'));
  expect(error.code).toBe('BAD_OPTION');
  expect(error.message).toBe('bot a: idd is no option here. Correct the named field.');
});

test.each([null, undefined, 'finder', 7])('%s is no object of options', (options) => {
  expect(refusal(() => definitionId(options, 'bot'))).toMatchObject({
    code: 'BAD_OPTION',
    where: 'bot',
    field: 'options',
  });
  expect(refusal(() => checkOptions(Options, options, 'bot a'))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'options',
  });
});

test('what fits is given back, and undefined fields are as if left out', () => {
  const given = { id: 'a', title: undefined, retry: false, timeout: '2m', run: () => 1 } as const;
  expect(checkOptions(Options, given, 'bot a')).toEqual(given);
});
