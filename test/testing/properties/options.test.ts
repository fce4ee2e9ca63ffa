/** What `property` refuses before it plays anything. */

import { defineBot, defineWorkflow, handler } from 'troupe';
import { property, stub } from 'troupe/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { createMachine, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import {
  type AnyPropertyOptions,
  checkedOptions,
} from '../../../src/testing/properties/options.ts';
import { propertyOf, replayOf } from '../../../src/testing/properties/property.ts';

const bot = defineBot({ id: 'bot', on: { note: handler(z.string(), () => 1) } });
const worker = defineBot({ id: 'worker', work: () => 'done' });
const flow = defineWorkflow({ id: 'flow' })
  .step('do', () => 1, { undo: () => 2 })
  .step('go', worker, undefined)
  .step('bare', () => 1);
const machine = setup({ actors: { load: fromPromise(async () => 1) } }).createMachine({
  id: 'machine',
});
const good = { definitions: [bot, flow, machine], scenario: () => undefined };

afterEach(() => vi.unstubAllEnvs());

const refusals: readonly (readonly [string, object, string])[] = [
  ['no definitions', { definitions: undefined }, 'definitions must be an array of definitions'],
  ['an empty team', { definitions: [] }, 'definitions must not be empty'],
  ['a definition that is none', { definitions: [{}] }, 'definitions[0] must be a machine, or made'],
  ['no scenario', { scenario: undefined }, 'scenario must be a function'],
  ['a generator as scenario', { scenario: function* () {} }, 'scenario must be a function, and no'],
  [
    'an unknown kind of fault',
    { faults: ['crash', 'flood'] },
    'faults[1] must each be one of crash',
  ],
  ['faults that are no list', { faults: 'crash' }, 'faults must be a list of fault kinds'],
  ['no runs', { runs: 0 }, 'runs must be a whole number of at least 1'],
  ['half a run', { runs: 1.5 }, 'runs must be a whole number of at least 1'],
  ['a seed that is no number', { seed: 'x' }, 'seed must be a whole number'],
  ['a path from elsewhere', { path: '3:1' }, 'path must be a path that a failure told'],
  ['a path beyond all runs', { path: '9'.repeat(40) }, 'path must be a path that a failure told'],
  ['a journal of its own', { options: { journal: 'x.db' } }, 'options.journal is no option here'],
  ['an asynchronous law', { always: { a: async () => true } }, 'always.a must be synchronous'],
  ['a law that is no function', { eventually: { a: true } }, 'eventually.a must be a function'],
  ['an empty list of inputs', { given: [] }, 'given must be a schema, a list of at least one'],
  ['inputs of nothing', { given: 7 }, 'given must be a schema'],
  ['a misspelt option', { eventualy: {} }, 'eventualy is no option here (options: eventually'],
  ['an oracle that is none', { oracles: [{}] }, 'oracles[0] must be a function'],
  [
    'people who are no functions',
    { people: { editor: 'yes' } },
    'people.editor must be a function',
  ],
  ['a signal that is none', { signal: {} }, 'signal must be an AbortSignal'],
  ['coverage of a word', { cover: 'some' }, "cover must be true, false, 'all' or { allow }"],
  ['excuses that are no list', { cover: { allow: 'x' } }, 'cover.allow must be a list of names'],
];

test.each(refusals)('%s', async (_, wrong, problem) => {
  const options: AnyPropertyOptions = Object.assign({ ...good }, wrong);
  await expect(propertyOf(options)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  await expect(propertyOf(options)).rejects.toThrow(problem);
  await expect(replayOf(options, calm)).rejects.toMatchObject({ code: 'BAD_OPTION' });
});

const calm = { given: undefined, seed: 1, faults: [], people: [] };

test('a stub stands in for a definition of the team, and for code that it has', () => {
  const checked = (given: ReturnType<typeof stub>) => checkedOptions({ ...good, stubs: [given] });
  const fine = [
    stub(worker, () => 'done'),
    stub(worker, { anything: () => 1 }),
    stub(bot, { note: () => 1 }),
    stub(flow, { do: () => 1 }),
    { of: 'flow', parts: { 'do~undo': () => 1 } },
    stub(machine, { load: () => 1 }),
  ];
  for (const one of fine) expect(() => checked(one)).not.toThrow();
  const elsewhere = defineBot({ id: 'elsewhere', work: () => 1 });
  expect(() => checked(stub(elsewhere, () => 2))).toThrow("none of the team's definitions");
  const twice = { ...good, stubs: [stub(bot, { note: () => 1 }), stub(bot, { note: () => 2 })] };
  expect(() => checkedOptions(twice)).toThrow('stubs[1] is for bot, for which another stub stands');
  const nobody = { ...good, people: { boss: () => undefined } };
  expect(() => checkedOptions(nobody)).toThrow(
    'people.boss answers for boss, which is no approval',
  );
  const parts = [
    { of: 'flow', parts: { don: () => 1 } },
    { of: 'flow', parts: { go: () => 1 } },
    { of: 'flow', parts: { 'go~undo': () => 1 } },
    { of: 'flow', parts: { 'bare~undo': () => 1 } },
    { of: 'bot', parts: { notes: () => 1 } },
    { of: 'machine', parts: { save: () => 1 } },
  ];
  for (const one of parts) expect(() => checked(one)).toThrow('which has no such code');
});

test('the seed is that of the options, else of the environment, else 1', () => {
  expect(checkedOptions(good).seed).toBe(1);
  vi.stubEnv('TROUPE_SEED', '77');
  expect(checkedOptions(good).seed).toBe(77);
  expect(checkedOptions({ ...good, seed: 3 }).seed).toBe(3);
  vi.stubEnv('TROUPE_SEED', 'today');
  expect(() => checkedOptions(good)).toThrow('TROUPE_SEED must be a whole number, not today');
  vi.stubEnv('TROUPE_SEED', '');
  expect(() => checkedOptions(good)).toThrow('TROUPE_SEED must be a whole number');
});

test('two definitions of one id are refused', async () => {
  const other = createMachine({ id: 'bot' });
  await expect(property({ ...good, definitions: [bot, other] })).rejects.toMatchObject({
    code: 'DUPLICATE_DEFINITION',
  });
});
