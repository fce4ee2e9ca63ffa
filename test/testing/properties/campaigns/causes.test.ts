/** Code that no run repeats: it is named with its line, before or with what comes of it. */
import { defineBot, isTroupeError, type Troupe } from 'troupe';
import { property } from 'troupe/testing';
import { expect, test } from 'vitest';
import { type AnyStateMachine, assign, setup } from 'xstate';
import { propertyOf } from '../../../../src/testing/properties/property.ts';
import { bot, fakePlayer } from '../fake.ts';
import { inMemory } from '../teams/waiting.ts';

const failing = async (property: Promise<unknown>) => {
  const error = await property.catch((thrown: unknown) => thrown);
  if (isTroupeError(error, 'PROPERTY_FAILED') || isTroupeError(error, 'NOT_REPEATABLE'))
    return error;
  throw error;
};

const born = setup({ types: {} as { context: { at: number } } }).createMachine({
  id: 'born',
  context: () => ({ at: Date.now() }),
  initial: 'a',
  states: { a: { after: { 1000: 'b' } }, b: { type: 'final' } },
});
const dice = setup({
  types: {} as { context: { k: number } },
  actions: { roll: assign({ k: () => Math.random() }) },
}).createMachine({
  id: 'dice',
  context: { k: 0 },
  initial: 'a',
  states: { a: { after: { 1000: { target: 'b', actions: 'roll' } } }, b: { type: 'final' } },
});
const coin = setup({ guards: { heads: () => Math.random() > 0.5 } }).createMachine({
  id: 'coin',
  initial: 'a',
  states: {
    a: { after: { 1000: [{ guard: 'heads', target: 'b' }, { target: 'c' }] } },
    b: { type: 'final' },
    c: { after: { 1000: 'b' } },
  },
});

const machines: readonly (readonly [string, AnyStateMachine, RegExp])[] = [
  ['a context that reads the time', born, /reads the time \(Date\.now\)/],
  ['an assignment that draws chance', dice, /draws chance \(Math\.random\)/],
  ['a guard that draws chance', coin, /draws chance \(Math\.random\)/],
];

test.each(machines)('given %s, then its line is told', async (_, machine, what) => {
  const scenario = async (troupe: Troupe): Promise<void> => {
    await (await troupe.start(machine, undefined, { id: 'x' })).outcome();
  };
  const failure = await failing(property({ definitions: [machine], scenario, runs: 60 }));
  expect(failure.message).toMatch(what);
  expect(failure.message).toMatch(/causes\.test\.ts:\d+/);
});

test('given plays that differ, when code was seen to differ, then the code is named', async () => {
  const { play } = fakePlayer((_, nth) => ({
    trace: String(nth),
    unrepeatable: nth % 2 === 0 ? [{ what: 'it read Date', where: 'finder' }] : [],
  }));
  const { data } = await failing(propertyOf(bot, play));
  expect(data).toMatchObject({ law: 'code can be repeated', found: 'finder: it read Date' });
});

test('given a law of its own that breaks, then code that differs is told with it', async () => {
  const { play } = fakePlayer(() => ({
    law: 'paid once',
    unrepeatable: [{ what: 'it read Date', where: 'finder' }],
  }));
  const { data } = await failing(propertyOf(bot, play));
  expect(data).toMatchObject({ law: 'paid once', found: expect.stringContaining('it read Date') });
});

test('given plays that differ, then a story, a seed, a path and a test are told', async () => {
  const failure = await failing(inMemory.play(false, { runs: 200, seed: 3 }));
  expect(failure.code).toBe('NOT_REPEATABLE');
  const { story, steps, seed, path, test: pasted, found } = failure.data;
  expect(seed).toBe(3);
  expect(story.split('\n')).toHaveLength(steps);
  expect(pasted).toContain('await replay(team, {');
  expect(found).toMatch(/^the first time there was call 1 of clerk.*, the second time call 1 of /);
  expect(failure.message).toContain(`The same script went two ways: ${found}`);
  for (const part of [story, pasted, `Seed 3, path '${path}'`]) {
    expect(failure.message).toContain(part);
  }
  const path1 = { runs: 200, seed: 3, path };
  expect((await failing(inMemory.play(false, path1))).code).toBe('NOT_REPEATABLE');
});

test('given code that answers by a clock of its own, then the first play says how', async () => {
  let count = 0;
  const counting = defineBot({
    id: 'counting',
    work: ({ step }) => {
      count += 1;
      const now = count;
      return step('say', () => now);
    },
  });
  const scenario = (troupe: Troupe) => troupe.run(counting, undefined, { id: 'x' });
  const failure = await failing(property({ definitions: [counting], scenario, runs: 20 }));
  expect(failure.code).toBe('NOT_REPEATABLE');
  expect(failure.data.story).toContain('counting');
});
