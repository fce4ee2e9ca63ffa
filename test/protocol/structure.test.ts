/**
 * Structure: changes of code are none, changes of steps are.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import { structureOf } from '../../src/protocol/index.ts';
import { defineWorkflow, graph } from '../../src/workflows/index.ts';

const bot = defineBot({ id: 'bot', work: () => 1 });
const chain = () => defineWorkflow({ id: 'flow' });
const base = structureOf(
  chain()
    .step('a', () => 1)
    .step('b', () => 2)
    .step('c', bot),
);

test('of a bot it is kind and id', () => {
  expect(structureOf(bot)).toBe('{"id":"bot","kind":"bot"}');
  const other = defineBot({
    id: 'bot',
    version: '2',
    input: z.object({ x: z.number() }),
    work: () => 2,
  });
  expect(structureOf(other)).toBe(structureOf(bot));
});

test('other code, other retries and another version are the same structure', () => {
  const retried = { retry: false, timeout: '1s' } as const;
  const other = defineWorkflow({ id: 'flow', version: '2', concurrency: 1 })
    .step('a', async () => 'text', retried)
    .step('b', ({ a }) => a)
    .step('c', defineBot({ id: 'bot', version: '7', work: () => 1 }), { after: ['b'] });
  expect(structureOf(other)).toBe(base);
});

test.each([
  [
    'another name',
    chain()
      .step('a', () => 1)
      .step('B', () => 2)
      .step('c', bot),
  ],
  [
    'another order',
    chain()
      .step('b', () => 2)
      .step('a', () => 1)
      .step('c', bot),
  ],
  [
    'a step more',
    chain()
      .step('a', () => 1)
      .step('b', () => 2)
      .step('c', bot)
      .step('d', bot),
  ],
  [
    'a step less',
    chain()
      .step('a', () => 1)
      .step('b', () => 2),
  ],
  [
    'another dependency',
    chain()
      .step('a', () => 1)
      .step('b', () => 2, { after: [] })
      .step('c', bot),
  ],
  [
    'a function for a bot',
    chain()
      .step('a', () => 1)
      .step('b', () => 2)
      .step('c', () => 3),
  ],
  [
    'another bot',
    chain()
      .step('a', () => 1)
      .step('b', () => 2)
      .step('c', defineBot({ id: 'bot2', work: () => 1 })),
  ],
])('%s is another structure', (_what, other) => {
  expect(structureOf(other)).not.toBe(base);
});

test('the order in which dependencies are written does not count', () => {
  const steps = { a: { work: bot }, b: { work: bot } };
  const one = graph('g', { ...steps, c: { work: bot, after: ['a', 'b'] } });
  const two = graph('g', { ...steps, c: { work: bot, after: ['b', 'a'] } });
  expect(structureOf(one)).toBe(structureOf(two));
});

test('a registered id is no function and no definition', () => {
  const byId = structureOf(graph('g', { a: { work: 'bot' } }));
  expect(byId).not.toBe(structureOf(graph('g', { a: { work: bot } })));
  expect(byId).not.toBe(structureOf(graph('g', { a: { work: () => 1 } })));
});
