/** How far a workflow is, when it may have completed, and what is told of steps that ran again. */
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { defineBot, defineWorkflow, graph, isTroupeError, repeat } from '../../../src/index.ts';
import { teamOf } from '../../troupe/team.ts';

const ann = defineBot({ id: 'ann', retry: { attempts: 1 } });

test('steps count by their estimates, those without one like the mean of the others', async () => {
  const flow = graph('flow', {
    long: { work: ann, estimate: 600 },
    short: { work: ann, estimate: 200 },
    free: { work: ann },
    last: { work: ann, after: ['long', 'short', 'free'], estimate: 400 },
  });
  const { troupe, clock } = await teamOf([flow, ann]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const began = clock.now();
  expect(await run.snapshot()).toMatchObject({ progress: 0, estimatedEnd: began + 1_000 });
  const short = await troupe.runs.get('flow/f/short');
  await short?.begin();
  await short?.complete();
  const long = await troupe.runs.get('flow/f/long');
  await long?.begin();
  await clock.advance(100);
  await long?.report({ progress: 0.5 });
  expect(await run.snapshot()).toMatchObject({
    progress: (200 + 300) / 1_600,
    estimatedEnd: began + 1_000,
  });
  await run.pause();
  expect((await run.snapshot()).estimatedEnd).toBeUndefined();
  await run.cancel();
  expect((await run.snapshot()).estimatedEnd).toBeUndefined();
});

test('a run that has enough results is through', async () => {
  const flow = graph('flow', {
    each: { work: ann, each: { need: 1 }, input: () => [1, 2, 3] },
    last: { work: ann, after: ['each'] },
  });
  const { troupe, clock } = await teamOf([flow, ann]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const item = await troupe.runs.get('flow/f/each/2');
  await item?.begin();
  await item?.report({ progress: 0.75 });
  expect((await run.snapshot()).stages[0]).toMatchObject({ status: 'STARTED', progress: 0.25 });
  await item?.complete();
  await clock.quiet();
  const fan = await troupe.runs.get('flow/f/each');
  expect(await fan?.snapshot()).toMatchObject({ status: 'COMPLETED', progress: 1 });
  expect((await run.snapshot()).progress).toBe(0.5);
});

test('a run that undoes what it did has no estimated end', async () => {
  const never = Promise.withResolvers<void>();
  const flow = graph('flow', {
    one: { work: () => 1, undo: () => never.promise, estimate: 100 },
    two: { work: ann, after: ['one'], estimate: 100 },
  });
  const { troupe, clock } = await teamOf([flow, ann]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  expect((await run.snapshot()).estimatedEnd).toBe(clock.now() + 100);
  const two = await troupe.runs.get('flow/f/two');
  await two?.begin();
  await two?.fail({ error: new RangeError('no'), retryable: false });
  await clock.quiet();
  const { status, estimatedEnd } = await run.snapshot();
  expect({ status, estimatedEnd }).toEqual({ status: 'IN_PROGRESS', estimatedEnd: undefined });
  never.resolve();
  await clock.quiet();
  expect((await run.outcome()).steps?.one?.undo).toBe('UNDONE');
});

test('without any estimate each step counts the same, and no end is told', async () => {
  const flow = graph('flow', {
    one: { work: () => 1 },
    not: { work: () => 2, when: () => false, after: ['one'] },
    two: { work: ann, after: ['not'] },
    three: { work: ann, after: ['two'] },
  });
  const { troupe, clock } = await teamOf([flow, ann]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.advance(10);
  const { progress, estimatedEnd, stages } = await run.snapshot();
  expect({ progress, estimatedEnd }).toEqual({ progress: 0.5, estimatedEnd: undefined });
  expect(stages.map(({ status }) => status)).toEqual([
    'COMPLETED',
    'SKIPPED',
    'STARTED',
    'WAITING',
  ]);
});

test('a step that ran again has all its runs, from the first on, at the whole cost', async () => {
  let tries = 0;
  const flaky = defineBot({
    id: 'flaky',
    retry: { attempts: 1 },
    async work({ report, sleep }) {
      tries += 1;
      const isBad = tries === 1;
      await report({ cost: 2, quality: tries / 10 });
      await sleep('nap', 50);
      if (isBad) throw new RangeError('not this time');
      return tries;
    },
  });
  const round = defineWorkflow({ id: 'round' }).step('go', flaky);
  const flow = repeat('flow', round, {
    until: (result) => result >= 3,
    max: 5,
    onFailure: 'retry',
    retry: { attempts: 2, backoff: 0 },
  });
  const { troupe, clock } = await teamOf([flow, flaky]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  const began = clock.now();
  await clock.advance(1_000);
  const outcome = await run.outcome();
  expect(outcome).toMatchObject({ status: 'COMPLETED', result: 3, cost: 6, quality: 0.3 });
  expect(outcome.steps?.work).toEqual({
    ...{ status: 'COMPLETED', result: 3, cost: 6, quality: 0.3 },
    ...{ runs: 3, iterations: 2, tries: 1 },
    startedAt: began,
    endedAt: began + 150,
    elapsedMs: 150,
  });
  expect((await run.snapshot()).stages).toMatchObject([
    { status: 'COMPLETED', runs: 3, iterations: 2, quality: 0.3, startedAt: began },
  ]);
  const seen: string[] = [];
  for await (const event of run.events()) {
    if (event.type === 'step') seen.push(`${event.status} ${event.run ?? 1}`);
  }
  expect(seen).toEqual([
    ...['STARTED 1', 'FAILED 1', 'STARTED 2', 'COMPLETED 2', 'STARTED 3', 'COMPLETED 3'],
  ]);
});

test('a report of a quality that is none is refused, in work and by hand', async () => {
  const codes: string[] = [];
  const bot = defineBot({
    id: 'bot',
    async work({ report }) {
      for (const quality of [-1, 1.5, Number.NaN, 'good', null])
        await report({ quality: quality as never }).catch((error: unknown) => {
          if (isTroupeError(error)) codes.push(error.code);
        });
    },
  });
  const { troupe } = await teamOf([bot, ann]);
  const run = await troupe.start(bot, undefined);
  expect((await run.outcome()).quality).toBeUndefined();
  expect(codes).toEqual(Array.from({ length: 5 }, () => 'INVALID'));
});

test('a machine as a step has its times, too', async () => {
  const timer = createMachine({
    id: 'timer',
    initial: 'on',
    states: { on: { after: { 70: 'off' } }, off: { type: 'final' } },
  });
  const flow = graph('flow', { wait: { work: timer } });
  const { troupe, clock } = await teamOf([flow, timer]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  const startedAt = clock.now();
  await clock.advance(100);
  const times = { startedAt, endedAt: startedAt + 70, elapsedMs: 70 };
  expect((await run.outcome()).steps?.wait).toMatchObject({ status: 'COMPLETED', ...times });
});
