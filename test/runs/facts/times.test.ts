/** Times of runs and of steps: whole, in order, and never negative. */
import { expect, test } from 'vitest';
import { defineBot, graph } from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const ann = defineBot({ id: 'ann' });
const flow = graph('flow', { one: { work: ann }, two: { work: ann } });

test('given a clock that was set back, then no time that passed is negative', async () => {
  const disk = simulatedDisk();
  const late = testClock();
  await late.advance(10_000);
  const first = await teamOf([flow], { journal: disk.open(), clock: late });
  await first.troupe.start(flow, undefined, { id: 'f' });
  await late.quiet();
  const clock = testClock();
  const { troupe } = await teamOf([flow], { journal: disk.open(), clock });
  const run = await troupe.runs.get('flow/f');
  expect((await run?.snapshot())?.elapsedMs).toBe(0);
  for (const id of ['flow/f/one', 'flow/f/two']) {
    const step = await troupe.runs.get(id);
    expect((await step?.snapshot())?.elapsedMs).toBe(0);
    await step?.begin();
    await step?.complete();
  }
  const outcome = await run?.outcome();
  expect(outcome?.elapsedMs).toBe(0);
  expect(outcome?.steps?.one?.elapsedMs).toBe(0);
});

test('a step that was open when its run was cancelled ended then', async () => {
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const startedAt = clock.now();
  const step = await troupe.runs.get('flow/f/one');
  await step?.begin();
  await clock.advance(500);
  await run.cancel();
  await clock.quiet();
  const { steps } = await run.outcome();
  const times = { startedAt, endedAt: startedAt + 500, elapsedMs: 500 };
  expect(steps?.one).toMatchObject({ status: 'CANCELLED', ...times });
  const { endedAt } = steps?.two ?? {};
  expect(steps?.two).toMatchObject({ startedAt: endedAt, endedAt: times.endedAt, elapsedMs: 0 });
  expect((await run.snapshot()).stages).toMatchObject([
    { startedAt, endedAt: times.endedAt },
    { startedAt: times.endedAt, endedAt: times.endedAt },
  ]);
});

test('a fan-out that could not begin has the time at which that was known', async () => {
  const fan = graph('fan', {
    items: { work: () => 7 },
    all: { work: ann, input: ({ items }) => [items, 1n] as never, each: true, after: ['items'] },
  });
  const { troupe, clock } = await teamOf([fan]);
  const run = await troupe.start(fan, undefined, { id: 'f' });
  await clock.advance(100);
  const { status, startedAt, endedAt, elapsedMs } = (await run.outcome()).steps?.all ?? {};
  expect({ status, elapsedMs }).toEqual({ status: 'FAILED', elapsedMs: 0 });
  expect(startedAt).toBe(endedAt);
});
