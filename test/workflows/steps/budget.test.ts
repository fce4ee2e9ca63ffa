/** Budget: what a run costs is counted with all below it, and more than its budget stops it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, type GraphStep, graph } from '../../../src/index.ts';
import { teamOf } from '../../troupe/team.ts';

const spend = defineBot({
  id: 'spend',
  input: z.number(),
  retry: false,
  async work({ input, report }) {
    await report({ cost: input });
    return input;
  },
});

test('given a step that costs too much, then the run fails and tells the cost', async () => {
  const flow = defineWorkflow({ id: 'flow', input: z.array(z.number()), budget: 10 })
    .step('one', spend, ({ input }) => input[0] ?? 0)
    .step('two', spend, ({ input }) => input[1] ?? 0, { after: ['one'] })
    .step('three', () => 'all done');
  const { troupe } = await teamOf([flow]);
  expect(await (await troupe.start(flow, [4, 6])).outcome()).toMatchObject({
    status: 'COMPLETED',
    cost: 10,
  });
  expect(await (await troupe.start(flow, [4, 7])).outcome()).toMatchObject({
    status: 'FAILED',
    cost: 11,
    error: { code: 'BUDGET_EXCEEDED', message: expect.stringContaining('has cost 11') },
  });
});

test('given what a step will cost, then one that can no more be paid does not begin', async () => {
  const begun: string[] = [];
  const step = (name: string, cost: number): GraphStep => ({
    work: () => void begun.push(name),
    cost,
  });
  const flow = graph(
    'flow',
    {
      dear: step('dear', 9),
      cheap: step('cheap', 2),
      first: { ...step('first', 0), work: spend, input: 3 },
    },
    { budget: 10, concurrency: 1 },
  );
  const { troupe } = await teamOf([flow]);
  const outcome = await (await troupe.start(flow, undefined)).outcome();
  expect(outcome).toMatchObject({ status: 'FAILED', error: { code: 'BUDGET_EXCEEDED' }, cost: 3 });
  expect(begun).toEqual(['cheap']);
});

test('cost adds up through nested runs, fan-outs and fallbacks', async () => {
  const failing = defineBot({
    id: 'failing',
    input: z.number(),
    retry: false,
    async work({ input, report }): Promise<number> {
      await report({ cost: input });
      throw new Error('no');
    },
  });
  const inner = defineWorkflow({ id: 'inner' }).step('a', spend, () => 1);
  const lead = defineBot({
    id: 'lead',
    async work({ step, report }) {
      await report({ cost: 100 });
      await step('child', spend, 10);
      return step('inner', inner, undefined);
    },
  });
  const flow = defineWorkflow({ id: 'flow' })
    .step('inner', inner)
    .step('fan', spend, () => [20, 30], { each: true })
    .step('lead', lead, { after: [] })
    .step('fall', failing, () => 1_000, { fallback: spend, after: [] });
  const { troupe } = await teamOf([flow]);
  const outcome = await (await troupe.start(flow, undefined)).outcome();
  expect([outcome.status, outcome.cost]).toEqual(['COMPLETED', 1 + 50 + 111 + 2_000]);
});

test('property: a budget is exceeded by what one step costs at most', async () => {
  interface Drawn {
    readonly costs: readonly number[];
    readonly budget: number;
    readonly concurrency: number;
    readonly isTold: boolean;
  }
  const stories: fc.Arbitrary<Drawn> = fc.record({
    costs: fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }),
    budget: fc.nat(20),
    concurrency: fc.integer({ min: 1, max: 3 }),
    isTold: fc.boolean(),
  });
  const body = async ({ costs, budget, concurrency, isTold }: Drawn) => {
    const steps = costs.map((cost, place): [string, GraphStep] => [
      `s${place}`,
      { work: spend, input: cost, ...(isTold ? { cost } : {}) },
    ]);
    const flow = graph('flow', Object.fromEntries(steps), { budget, concurrency });
    const { troupe } = await teamOf([flow]);
    const { status, cost = 0 } = await (await troupe.start(flow, undefined)).outcome();
    const all = costs.reduce((sum, one) => sum + one, 0);
    expect(status).toBe(all <= budget ? 'COMPLETED' : 'FAILED');
    if (all <= budget) expect(cost).toBe(all);
    if (isTold) expect(cost).toBeLessThanOrEqual(budget);
    expect(cost).toBeLessThanOrEqual(budget + Math.max(...costs));
    await troupe.stop();
  };
  await fc.assert(fc.asyncProperty(stories, body), { numRuns: 100, seed: 1 });
});
