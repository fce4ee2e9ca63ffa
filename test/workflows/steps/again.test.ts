/** Trying again: of undos, of nested workflows, of rounds; and time-outs over pauses. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, hierarchy, repeat, sequence } from '../../../src/index.ts';
import { teamOf } from '../../troupe/team.ts';

const no = (): never => {
  throw new Error('no');
};

test('an undo is tried as often as its own policy says', async () => {
  let undos = 0;
  const flow = defineWorkflow({ id: 'flow', retry: false })
    .step('a', () => 1, {
      undo: () => {
        undos += 1;
        no();
      },
      undoRetry: { attempts: 4, backoff: 1 },
    })
    .step('b', no);
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  await clock.advance(1_000);
  await run.outcome();
  expect(undos).toBe(4);
});

test('a step that runs a workflow is begun anew as its retry says, as another run', async () => {
  const keys: string[] = [];
  const inner = defineWorkflow({ id: 'inner', retry: false }).step('x', ({ key }) => {
    keys.push(key);
    return keys.length < 3 ? no() : 'good';
  });
  const flow = defineWorkflow({ id: 'flow' }).step('a', inner, {
    retry: { attempts: 3, backoff: 1 },
  });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.advance(60_000);
  expect(await run.result()).toBe('good');
  expect(keys).toEqual(['flow/f/a/x', 'flow/f/a~2/x', 'flow/f/a~3/x']);
});

test('a round that is tried again has its own input again', async () => {
  const inputs: number[] = [];
  const shaky = defineBot({
    id: 'shaky',
    input: z.number(),
    retry: false,
    work: ({ input }) => {
      inputs.push(input);
      return inputs.length === 2 ? no() : input;
    },
  });
  const loop = repeat('loop', sequence('inner', shaky), {
    until: (result) => result >= 3,
    again: (result) => result + 1,
    max: 5,
    onFailure: 'retry',
  });
  const { troupe, clock } = await teamOf([loop]);
  const run = await troupe.start(loop, 1);
  await clock.advance(60_000);
  expect(await run.result()).toBe(3);
  expect(inputs).toEqual([1, 2, 2, 3]);
});

test('the failure mode of a hierarchy is that of its workers', async () => {
  const done: string[] = [];
  const worker = defineBot({
    id: 'worker',
    input: z.string(),
    retry: false,
    work: async ({ input, sleep }) => {
      if (input === 'bad') no();
      await sleep('a while', 10);
      done.push(input);
    },
  });
  const flow = hierarchy(
    'flow',
    {
      lead: () => ['bad', 'good'].map((input) => ({ to: 'worker' as const, input })),
      workers: { worker },
      review: () => ({ result: 1 }),
    },
    { onFailure: 'continue' },
  );
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  await clock.advance(1_000);
  expect((await run.outcome()).status).toBe('FAILED');
  expect(done).toEqual(['good']);
});

test('the time-out of a workflow counts the time that it runs, over pauses', async () => {
  const flow = defineWorkflow({ id: 'flow', timeout: 100 }).step(
    'hang',
    () => new Promise(() => {}),
  );
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  for (const ms of [40, 30]) {
    await clock.advance(ms);
    await run.pause();
    await clock.advance(1_000);
    await run.resume();
  }
  await clock.advance(29);
  expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({
    error: { code: 'WORK_TIMEOUT' },
    elapsedMs: 2_100,
  });
});

test('steps are rated one beside the other', async () => {
  const flow = defineWorkflow({ id: 'flow' })
    .step('a', () => 1)
    .step('b', () => 2)
    .step('c', () => new Promise(() => {}));
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  await clock.quiet();
  await run.stage('a').rate(0.25);
  await run.stage('b').rate(0.5);
  const { stages } = await run.snapshot();
  expect(stages.map(({ quality }) => quality)).toEqual([0.25, 0.5, undefined]);
});
