/** What is odd in steps: fan-outs of functions, promises as answers, failures asked for. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  graph,
  hierarchy,
  repeat,
  sequence,
  TerminalError,
} from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { teamOf } from '../../troupe/team.ts';

const no = (): never => {
  throw new Error('no');
};

test('a function that runs for each item sees what its step waited for', async () => {
  const flow = defineWorkflow({ id: 'flow', input: z.array(z.number()) })
    .step('base', () => 10)
    .step(
      'all',
      ({ input, base }: { input: number; base: number }) => input + base,
      ({ input }) => input,
      {
        each: true,
      },
    );
  const { troupe } = await teamOf([flow]);
  expect(await troupe.run(flow, [1, 2])).toEqual([11, 12]);
});

test('a failure is handled by a step that begins for it, not by one ruled out', async () => {
  const flow = (needs: 'c' | 'none') =>
    defineWorkflow({ id: `flow-${needs}`, retry: false })
      .step('c', () => 1)
      .step('a', no, { after: [] })
      .step('mend', () => 'mended', {
        after: ['c', 'a'],
        runsWhen:
          needs === 'c'
            ? {
                all: [
                  { step: 'c', is: ['FAILED'] },
                  { step: 'a', is: ['FAILED'] },
                ],
              }
            : { step: 'a', is: ['FAILED'] },
      });
  const { troupe } = await teamOf([flow('c'), flow('none')]);
  expect(await troupe.run(flow('none'), undefined).catch(() => 'other')).toBe('other');
});

test('promises are no answers of `when` and `until`', async () => {
  const add = defineBot({
    id: 'add',
    input: z.number(),
    retry: false,
    work: ({ input }) => input + 1,
  });
  const asked = defineWorkflow({ id: 'asked' }).step('a', () => 1, {
    when: (() => Promise.resolve(false)) as never,
  });
  const loop = repeat('loop', add, {
    until: (() => Promise.resolve(false)) as never,
    max: 2,
  });
  const { troupe } = await teamOf([asked, loop]);
  for (const work of [asked, loop]) {
    const run = await troupe.start(work, work === loop ? 1 : undefined);
    const outcome = await run.outcome();
    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: { cause: { message: expect.stringContaining('must be synchronous') } },
    });
  }
});

test('what a loop would not have is not tried again: rounds are counted', async () => {
  const inputs: number[] = [];
  const add = defineBot({
    id: 'add',
    input: z.number(),
    retry: false,
    work: ({ input }) => {
      inputs.push(input);
      return input + 1;
    },
  });
  const loop = repeat('loop', sequence('inner', add), {
    until: () => false,
    again: (result) => result,
    max: 2,
    onFailure: 'retry',
  });
  const { troupe, clock } = await teamOf([loop]);
  const run = await troupe.start(loop, 1);
  await clock.advance(60_000);
  expect(await run.outcome()).toMatchObject({
    error: { cause: { code: 'REPEAT_EXHAUSTED' } },
  });
  expect(inputs).toEqual([1, 2]);
});

test('a fan-out of questions takes no place under the limit', async () => {
  const ask = defineApproval({ id: 'ask', input: z.string() });
  const flow = defineWorkflow({ id: 'flow', concurrency: 1 })
    .step('asked', ask, () => ['a', 'b'], { each: true })
    .step('beside', () => 'done', { after: [] });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  expect((await run.snapshot()).stages).toMatchObject([
    { name: 'asked', status: 'STARTED' },
    { name: 'beside', status: 'COMPLETED' },
  ]);
});

test('a review that says neither result nor again fails the hierarchy', async () => {
  const worker = defineBot({ id: 'worker', input: z.number(), work: ({ input }) => input });
  const flow = hierarchy('flow', {
    lead: () => [{ to: 'worker' as const, input: 1 }],
    workers: { worker },
    review: (() => ({ agian: [] })) as never,
  });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  await clock.advance(60_000);
  const outcome = await run.outcome();
  expect(outcome.status).toBe('FAILED');
  expect(JSON.stringify(outcome)).toContain('the review of a hierarchy');
});

test('given steps that end at once, then no dead letter tells of it', async () => {
  const flow = defineWorkflow({ id: 'flow', retry: false }).step('all', no, () => [1, 2, 3], {
    each: true,
  });
  const { troupe } = await teamOf([flow]);
  await (await troupe.start(flow, undefined)).outcome();
  expect(await troupe.deadLetters.list()).toEqual([]);
});

test('given a pause while it is undone, then a cancel ends the pause', async () => {
  const log: string[] = [];
  const inner = defineWorkflow({ id: 'inner', retry: false })
    .step('x', () => 1, {
      undo: ({ signal }) =>
        new Promise<void>((resolve, reject) => {
          if (log.push('undoing') > 1) resolve();
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    })
    .step('bad', no);
  const outer = defineWorkflow({ id: 'outer' })
    .step('a', () => 1, { undo: () => void log.push('a') })
    .step('inner', inner);
  const { troupe, clock } = await teamOf([outer]);
  const run = await troupe.start(outer, undefined);
  await clock.quiet();
  expect(log).toEqual(['undoing']);
  await run.pause();
  await clock.quiet();
  await run.cancel('enough');
  await clock.advance(60_000);
  expect((await run.outcome()).status).toBe('CANCELLED');
  expect(log).toEqual(['undoing', 'undoing', 'a']);
});

test('costs in fractions fit a budget exactly', async () => {
  const spend = defineBot({
    id: 'spend',
    async work({ report }) {
      await report({ cost: 0.1 });
    },
  });
  const flow = defineWorkflow({ id: 'flow', budget: 0.3 })
    .step('a', spend, { cost: 0.1 })
    .step('b', spend, { cost: 0.1 })
    .step('c', spend, { cost: 0.1 });
  const { troupe } = await teamOf([flow]);
  expect((await (await troupe.start(flow, undefined)).outcome()).status).toBe('COMPLETED');
});

test('given a parked workflow that must undo, when it is discarded, then it ends', async () => {
  const disk = simulatedDisk();
  const gate = defineApproval({ id: 'gate', input: z.string() });
  const inner = defineWorkflow({ id: 'inner' })
    .step('done', () => 1, { undo: () => undefined })
    .step('asked', gate, () => '?');
  const first = await teamOf([inner], { journal: disk.open() });
  await first.troupe.start(inner, undefined, { id: 'n' });
  await first.clock.quiet();
  await first.troupe.stop();
  const { troupe, clock } = await teamOf([gate], { journal: disk.open() });
  await troupe.parked.discard('inner/n');
  await clock.quiet();
  const run = await troupe.runs.get('inner/n');
  expect((await run?.snapshot())?.status).toBe('FAILED');
  expect((await troupe.incidents.list({ status: 'OPEN' })).map(({ code }) => code)).toEqual([
    'UNDO_FAILED',
  ]);
});

test('given a nested workflow that no try would help, then it is not tried again', async () => {
  let ran = 0;
  const hopeless = defineWorkflow({ id: 'hopeless' }).step('a', () => {
    ran += 1;
    throw new TerminalError('never');
  });
  const flow = defineWorkflow({ id: 'flow', onFailure: 'retry' }).step('a', hopeless);
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  await clock.advance(60_000);
  expect((await run.outcome()).status).toBe('FAILED');
  expect(ran).toBe(1);
});

const spend = defineBot({
  id: 'spend',
  input: z.number(),
  async work({ input, report }) {
    await report({ cost: 3 });
    return input;
  },
});

test('given a loop that its budget ends, then its cost is counted once', async () => {
  const loop = repeat('loop', spend, { until: () => false, max: 10, budget: 10 });
  const { troupe } = await teamOf([loop]);
  const run = await troupe.start(loop, 1);
  expect(await run.outcome()).toMatchObject({ error: { code: 'BUDGET_EXCEEDED' }, cost: 12 });
});

test('a budget holds inside of a fan-out', async () => {
  const flow = defineWorkflow({ id: 'flow', budget: 10 }).step(
    'all',
    spend,
    () => Array.from({ length: 20 }, (_, index) => index),
    { each: true },
  );
  const { troupe } = await teamOf([flow]);
  const outcome = await (await troupe.start(flow, undefined)).outcome();
  expect([outcome.status, outcome.cost]).toEqual(['FAILED', 12]);
});

test('what an undo gives may be anything; one that fails keeps why the run ended', async () => {
  const flow = (id: string, undo: () => unknown) =>
    defineWorkflow({ id, retry: false })
      .step('a', () => 1, { undo })
      .step('b', no);
  const good = flow('good', () => new Map([[1, 2n]]));
  const bad = flow('bad', no);
  const { troupe } = await teamOf([good, bad]);
  expect(await (await troupe.start(good, undefined)).outcome()).toMatchObject({
    error: { code: 'STEP_FAILED' },
  });
  expect(await (await troupe.start(bad, undefined)).outcome()).toMatchObject({
    error: { code: 'UNDO_FAILED', cause: { code: 'STEP_FAILED', cause: { message: 'no' } } },
  });
});

test('a failure that nobody handles in the end is told with its cause', async () => {
  const flow = defineWorkflow({ id: 'flow', retry: false })
    .step('a', no)
    .step('mend', () => 'mended', { runsWhen: { step: 'a', is: ['FAILED'] }, when: () => false });
  const { troupe } = await teamOf([flow]);
  expect(await (await troupe.start(flow, undefined)).outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'STEP_FAILED', cause: { message: 'no' } },
  });
});

test('another plan under the id of a run is a conflict', async () => {
  const echo = defineBot({ id: 'echo', input: z.number(), work: ({ input }) => input });
  const { troupe } = await teamOf([echo]);
  const plan = (input: number) => graph('plan', { a: { work: 'echo', input } });
  expect(await troupe.run(plan(1), undefined, { id: 'p' })).toBe(1);
  expect(await troupe.run(plan(1), undefined, { id: 'p' })).toBe(1);
  await expect(troupe.start(plan(2), undefined, { id: 'p' })).rejects.toMatchObject({
    code: 'RUN_CONFLICT',
  });
});

test('given a child run whose definition is gone, then work waits for that run', async () => {
  const disk = simulatedDisk();
  const gate = defineApproval({ id: 'gate', input: z.string() });
  const asking = defineBot({ id: 'asking', work: ({ step }) => step('asked', gate, '?') });
  const first = await teamOf([asking, gate], { journal: disk.open() });
  await first.troupe.start(asking, undefined, { id: 'a' });
  await first.clock.quiet();
  await first.troupe.stop();
  const second = await teamOf([asking], { journal: disk.open() });
  await second.clock.quiet();
  expect((await (await second.troupe.get(asking, 'a'))?.snapshot())?.status).toBe('BLOCKED');
  await second.troupe.stop();
  const { troupe, clock } = await teamOf([asking, gate], { journal: disk.open() });
  await troupe.approvals.decide('asking/a/asked', { approve: true, by: 'ann' });
  await clock.quiet();
  const run = await troupe.get(asking, 'a');
  expect(await run?.result()).toMatchObject({ approved: true, by: 'ann' });
});
