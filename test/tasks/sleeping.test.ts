/**
 * Sleeping in work, and the times that are given to runs: not before one, due at another; on time,
 * once, also across restarts, never when it is over before.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, graph, memoryJournal, type Run, type RunEvent } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const statusOf = async (run: Run | undefined): Promise<unknown> => (await run?.snapshot())?.status;

/** A bot that sleeps between two steps. */
function sleeper(duration: string | number, concurrency = 10) {
  const seen: string[] = [];
  const bot = defineBot({
    id: 'bot',
    concurrency,
    timeout: '1s',
    work: async ({ step, sleep, attempt }) => {
      seen.push(`begin ${attempt}`);
      await step('before', () => void seen.push('before'));
      await sleep('nap', duration);
      return step('after', () => seen.push('after'));
    },
  });
  return { bot, seen };
}

test('a sleep is BLOCKED, holds no slot, counts for no time-out, and wakes on time', async () => {
  const { bot, seen } = sleeper('1h', 1);
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.quiet();
  const next = await troupe.start(bot, undefined);
  await clock.advance(3_599_999);
  expect([await statusOf(run), await statusOf(next)]).toEqual(['BLOCKED', 'BLOCKED']);
  expect(seen).toEqual(['begin 1', 'before', 'begin 1', 'before']);
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({ status: 'COMPLETED', attempts: 1 });
  expect(seen.slice(4).toSorted()).toEqual(['after', 'after', 'begin 1', 'begin 1']);
});

test('given a restart in a sleep, then it wakes once, on time or at once', async () => {
  for (const [downMs, leftMs] of [
    [1_000, 59_000],
    [600_000, 0],
  ] as const) {
    const journal = newFile();
    const clock = testClock();
    const { bot, seen } = sleeper('1m');
    const first = await teamOf([bot], { journal, clock });
    await first.troupe.start(bot, undefined, { id: 'x' });
    await clock.quiet();
    await first.troupe.stop({ deadline: 0 });
    await clock.advance(downMs);
    const { troupe } = await teamOf([bot], { journal, clock });
    const run = await troupe.get(bot, 'x');
    if (leftMs > 0) {
      await clock.advance(leftMs - 1);
      expect(await statusOf(run)).toBe('BLOCKED');
    }
    await clock.advance(1);
    expect(await run?.result()).toBe(4);
    expect(seen).toEqual(['begin 1', 'before', 'begin 1', 'after']);
    await troupe.stop({ deadline: 0 });
  }
});

test('a cancelled sleep never wakes; one that is paused wakes when it goes on', async () => {
  const { bot, seen } = sleeper('1m');
  const { troupe, clock } = await teamOf([bot]);
  const [cancelled, paused] = [
    await troupe.start(bot, undefined, { id: 'c' }),
    await troupe.start(bot, undefined, { id: 'p' }),
  ];
  await clock.advance(1_000);
  await cancelled.cancel();
  await paused.pause();
  await clock.advance(600_000);
  expect(seen).not.toContain('after');
  expect(await statusOf(await troupe.runs.get('bot/c/nap'))).toBe('CANCELLED');
  await paused.resume();
  expect(await paused.result()).toBeGreaterThan(0);
  expect(seen.filter((one) => one === 'after')).toHaveLength(1);
});

test('sleeps and child runs wait side by side; each name is taken once', async () => {
  const child = defineBot({ id: 'child', work: () => 'child' });
  const bot = defineBot({
    id: 'bot',
    work: async ({ step, sleep }) => {
      const order: string[] = [];
      const note = (name: string) => () => void order.push(name);
      await Promise.all([
        sleep('long', '10s').then(note('long')),
        sleep('short', 5_000).then(note('short')),
        step('child', child, undefined).then(note('child')),
        sleep('none', 0).then(note('none')),
      ]);
      return order;
    },
  });
  const twice = defineBot({
    id: 'twice',
    retry: false,
    work: async ({ sleep }) => {
      await sleep('nap', 1);
      await sleep('nap', 1);
    },
  });
  const { troupe, clock } = await teamOf([bot, child, twice]);
  const run = await troupe.start(bot, undefined);
  await clock.advance(10_000);
  expect(new Set(await run.result())).toEqual(new Set(['none', 'child', 'short', 'long']));
  const failed = await troupe.start(twice, undefined);
  await clock.advance(10);
  expect(await failed.outcome()).toMatchObject({ error: { code: 'STEP_NAME_TAKEN' } });
});

test.each([[-1], ['soon'], [Number.NaN], [undefined], [{}]])(
  'a sleep of %j is refused',
  async (given) => {
    const bot = defineBot({
      id: 'bot',
      retry: false,
      work: ({ sleep }) => Reflect.apply(sleep, undefined, ['nap', given]),
    });
    const { troupe } = await teamOf([bot]);
    const run = await troupe.start(bot, undefined);
    expect(await run.outcome()).toMatchObject({ error: { code: 'BAD_DURATION' } });
  },
);

test('a run does not begin before its time, given as a date or milliseconds', async () => {
  const journal = memoryJournal();
  const bot = defineBot({ id: 'bot', work: () => 'done' });
  const flow = graph('flow', { one: { work: () => 1 } });
  const { troupe, clock } = await teamOf([bot, flow], { journal });
  const at = clock.now() + 60_000;
  const runs = [
    await troupe.start(bot, undefined, { notBefore: at }),
    await troupe.start(bot, undefined, { notBefore: new Date(at) }),
    await troupe.start(flow, undefined, { notBefore: at }),
  ];
  expect(await troupe.run(bot, undefined, { notBefore: clock.now() - 1 })).toBe('done');
  await clock.advance(59_999);
  for (const run of runs)
    expect(await run.snapshot()).toMatchObject({ status: 'PENDING', notBefore: at });
  await clock.advance(1);
  for (const run of runs) expect(await run.outcome()).toMatchObject({ status: 'COMPLETED' });
  const wrong = troupe.start(bot, undefined, { notBefore: 1.5 });
  expect(await refused(wrong)).toMatchObject({ code: 'BAD_OPTION', field: 'notBefore' });
});

test('a run that waits for others too begins when both are over', async () => {
  const ann = defineBot({ id: 'ann' });
  const bot = defineBot({ id: 'bot', work: () => 'done' });
  const { troupe, clock } = await teamOf([bot, ann]);
  const [early, late] = [await troupe.start(ann, undefined), await troupe.start(ann, undefined)];
  const options = (after: Run) => ({ notBefore: clock.now() + 1_000, after: [after] });
  const [one, two] = [
    await troupe.start(bot, undefined, options(early)),
    await troupe.start(bot, undefined, options(late)),
  ];
  await early.begin();
  await early.complete();
  await clock.advance(999);
  expect([await statusOf(one), await statusOf(two)]).toEqual(['PENDING', 'BLOCKED']);
  await clock.advance(1);
  await late.begin();
  await late.complete();
  await clock.quiet();
  expect([await statusOf(one), await statusOf(two)]).toEqual(['COMPLETED', 'COMPLETED']);
});

test('an overdue run is told once, in its events and in the log; an ended one is not', async () => {
  const journal = newFile();
  const clock = testClock();
  const ann = defineBot({ id: 'ann' });
  const flow = graph('flow', { one: { work: ann } });
  const first = await teamOf([flow, ann], { journal, clock });
  const due = clock.now() + 1_000;
  const runs = [
    await first.troupe.start(ann, undefined, { id: 'late', due }),
    await first.troupe.start(flow, undefined, { id: 'late', due: new Date(due) }),
  ];
  const inTime = await first.troupe.start(ann, undefined, { id: 'in-time', due });
  await inTime.begin();
  await inTime.complete();
  await clock.advance(999);
  expect(first.logged).toEqual([]);
  await clock.advance(1);
  const told = first.logged.filter(({ text }) => text === 'a run is overdue');
  expect(told.map(({ facts }) => facts?.run)).toEqual(['ann/late', 'flow/late']);
  await first.troupe.stop({ deadline: 0 });
  const { troupe, logged } = await teamOf([flow, ann], { journal, clock });
  await clock.advance(600_000);
  expect(logged).toEqual([]);
  for (const { runId } of [...runs, inTime]) {
    const run = await troupe.runs.get(runId);
    const seen: RunEvent[] = [];
    if (runId !== 'ann/in-time') await run?.cancel();
    for await (const event of run?.events() ?? []) seen.push(event);
    const overdue = seen.filter(({ type }) => type === 'overdue');
    expect(overdue.map(({ at }) => at)).toEqual(runId === 'ann/in-time' ? [] : [due]);
  }
});

test('given a restart after the due date, then that is told at once', async () => {
  const journal = newFile();
  const clock = testClock();
  const bot = defineBot({ id: 'bot', input: z.string(), work: () => new Promise(() => {}) });
  const first = await teamOf([bot], { journal, clock });
  await first.troupe.start(bot, 'x', { id: 'x', due: clock.now() + 1_000 });
  const stopped = first.troupe.stop({ deadline: 0 });
  await clock.advance(0);
  await stopped;
  await clock.advance(60_000);
  const { logged, troupe } = await teamOf([bot], { journal, clock });
  await clock.advance(1);
  expect(logged.map(({ text }) => text)).toEqual(['a run is overdue']);
  expect(await (await troupe.get(bot, 'x'))?.snapshot()).toMatchObject({ isOverdue: true });
});
