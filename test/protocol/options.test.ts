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
const rest = 'description, input, retry, timeout, output, run, pure, items';
const wholeFromOne = 'must be a whole number of at least 1';

test.each([
  [{ tittle: 'x' }, `tittle is no option here (options: title, id, version, ${rest})`],
  [
    { retry: { atempts: 2 } },
    'retry.atempts is no option here (options: attempts, backoff, backoffMax)',
  ],
  [
    { items: [{ size: 1 }, { size: 1, colour: 2 }] },
    'items[1].colour is no option here (options: size)',
  ],
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
  expect(error.message).toMatch(
    /^bot a: idd is no option here \(options: id, version, .*, items\)\. Correct it\.$/,
  );
});

test('the options are those of the place, the nearest name first', () => {
  const inner = z.strictObject({
    deep: z.array(z.strictObject({ alpha: z.int(), beta: z.int() })),
  });
  const schema = z.strictObject({
    first: z.unknown(),
    lazy: z.lazy(() => inner.optional()),
    named: z.record(z.string(), z.strictObject({ gamma: z.unknown() })),
    either: z.union([z.literal(false), z.strictObject({ on: z.unknown().optional() })]),
    nothing: z.strictObject({}),
  });
  const problem = (options: object) => refusal(() => checkOptions(schema, options, 'x')).problem;
  const listed = (...names: string[]) => `is no option here (options: ${names.join(', ')})`;
  expect(problem({ named: {}, eithr: 1 })).toBe(
    listed('either', 'first', 'lazy', 'named', 'nothing'),
  );
  expect(problem({ lazy: { deep: [{ bta: 1 }] } })).toBe(listed('beta', 'alpha'));
  expect(problem({ named: { any: { delta: 1 } } })).toBe(listed('gamma'));
  expect(problem({ either: { off: 1 } })).toBe(listed('on'));
  expect(problem({ nothing: { x: 1 } })).toBe(listed('none'));
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
