/** Stubs are typed by what they stand in for. */
import { defineBot, defineWorkflow } from 'troupe';
import { stub } from 'troupe/testing';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  work: ({ input }) => [input.question],
});
const flow = defineWorkflow({ id: 'flow', input: z.object({ n: z.number() }) })
  .step('one', ({ input }) => ({ sum: input.n }), { undo: () => undefined })
  .step('two', ({ one }) => `${one.sum}`);

describe('stub', () => {
  test('a bot: input and result are those of its work', () => {
    stub(finder, ({ question }) => [question]);
    // @ts-expect-error: its work gives texts
    stub(finder, () => 7);
    stub(finder, { search: () => ['any step in its work'] });
  });

  test('a workflow: steps by name, with the view that they have', () => {
    stub(flow, { one: ({ input }) => ({ sum: input.n }), two: ({ one }) => `${one.sum}` });
    stub(flow, { 'one~undo': ({ result }) => expectTypeOf(result).toEqualTypeOf<unknown>() });
    // @ts-expect-error: it has no such step
    stub(flow, { three: () => 3 });
    // @ts-expect-error: the step gives an object with a sum
    stub(flow, { one: () => 3 });
  });
});
