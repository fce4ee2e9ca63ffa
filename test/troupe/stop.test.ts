/**
 * Stopping: nothing new begins, what is under way is recorded, what is left is aborted and runs
 * again after the next start; and afterwards every call says that it is over.
 */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTroupe, defineBot, defineWorkflow, handler } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from './team.ts';

const bot = defineBot({ id: 'bot', input: z.unknown(), work: ({ input }) => input });
const never = () => new Promise(() => {});

test('a step under way is finished and recorded, the next one is held', async () => {
  const journal = newFile();
  const clock = testClock();
  const calls: string[] = [];
  const gate = Promise.withResolvers<string>();
  const worker = defineBot({
    id: 'worker',
    async work({ step }) {
      const one = await step('one', () => {
        calls.push('one');
        return gate.promise;
      });
      return [one, await step('two', () => calls.push('two'))];
    },
  });
  const first = await teamOf([worker], { journal, clock });
  await first.troupe.start(worker, undefined, { id: 'w' });
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: '1h' });
  await clock.quiet();
  gate.resolve('first');
  await stopped;
  expect(clock.nextDue()).toBeUndefined();
  expect(calls).toEqual(['one']);
  const { troupe } = await teamOf([worker], { journal, clock });
  expect(await troupe.run(worker, undefined, { id: 'w' })).toEqual(['first', 2]);
  expect(calls).toEqual(['one', 'two']);
});

test('work that ends in time has ended', async () => {
  const journal = newFile();
  const clock = testClock();
  const gate = Promise.withResolvers<string>();
  const worker = defineBot({ id: 'worker', work: () => gate.promise });
  const first = await teamOf([worker], { journal, clock });
  await first.troupe.start(worker, undefined, { id: 'w' });
  await clock.quiet();
  const stopped = first.troupe.stop();
  await clock.quiet();
  gate.resolve('in time');
  await stopped;
  const { troupe } = await teamOf([worker], { journal, clock });
  expect(await (await troupe.get(worker, 'w'))?.snapshot()).toMatchObject({
    status: 'COMPLETED',
    result: 'in time',
  });
});

test('at the deadline what is left is aborted, and why', async () => {
  const seen: unknown[] = [];
  const worker = defineBot({
    id: 'worker',
    on: {
      note: handler(z.unknown(), ({ signal }) => {
        signal.addEventListener('abort', () => seen.push(['handler', signal.reason.code]));
        return never();
      }),
    },
    work: ({ step, signal }) => {
      signal.addEventListener('abort', () => seen.push(['work', signal.reason.code]));
      return step('one', (context) => {
        context.signal.addEventListener('abort', () =>
          seen.push(['step', context.signal.reason.code]),
        );
        return never();
      });
    },
  });
  const { troupe, clock } = await teamOf([worker]);
  await troupe.start(worker, undefined);
  await troupe.send(worker, { type: 'note' });
  await clock.quiet();
  const stopped = troupe.stop({ deadline: '2s' });
  await clock.advance(1_999);
  expect(seen).toEqual([]);
  await clock.advance(1);
  await stopped;
  expect(seen.sort()).toEqual([
    ['handler', 'STOPPED'],
    ['step', 'STOPPED'],
    ['work', 'STOPPED'],
  ]);
});

test('work that only waits for children does not delay the stop', async () => {
  const child = defineBot({ id: 'child', work: ({ step }) => step('one', () => gate.promise) });
  const gate = Promise.withResolvers<void>();
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', child, undefined) });
  const flow = defineWorkflow({ id: 'flow' }).step('go', lead);
  const { troupe, clock } = await teamOf([flow, child]);
  await troupe.start(flow, undefined);
  await clock.quiet();
  const stopped = troupe.stop({ deadline: '1h' });
  await clock.quiet();
  gate.resolve();
  await stopped;
  expect(clock.nextDue()).toBeUndefined();
});

test('given nothing under way, then it stops at once, in whatever state runs wait', async () => {
  const failing = defineBot({
    id: 'failing',
    work: () => {
      throw new Error('again');
    },
  });
  const slow = defineBot({ id: 'slow', concurrency: 1, input: z.unknown(), work: never });
  const { troupe, clock } = await teamOf([failing, bot, slow]);
  const first = await troupe.start(failing, undefined);
  await troupe.start(bot, 1, { after: [first] });
  await clock.quiet();
  await troupe.stop({ deadline: '1h' });
  expect(clock.nextDue()).toBeUndefined();
});

test('after the stop every call is refused, and says so', async () => {
  const { troupe } = await teamOf([bot]);
  const done = await troupe.start(bot, 1, { id: 'done' });
  await done.result();
  await troupe.stop();
  const calls = {
    run: () => troupe.run(bot, 1),
    start: () => troupe.start(bot, 1),
    get: () => troupe.get(bot, 'done'),
    send: () => troupe.send('bot', { type: 'x' }),
    register: () => troupe.register(bot),
    list: () => troupe.parked.list(),
    retry: () => troupe.parked.retry('bot/done'),
    discard: () => troupe.parked.discard('bot/done'),
    result: () => done.result(),
    outcome: () => done.outcome(),
    snapshot: () => done.snapshot(),
    events: () => done.events().next(),
    cancel: () => done.cancel(),
  };
  for (const [name, call] of Object.entries(calls))
    expect([name, await refused(call())]).toMatchObject([name, { code: 'STOPPED' }]);
  await troupe.stop();
  await troupe.stop({ deadline: 0 });
});

test('while it stops, new calls are refused and running ones are answered', async () => {
  const gate = Promise.withResolvers<void>();
  const worker = defineBot({ id: 'worker', work: ({ step }) => step('one', () => gate.promise) });
  const { troupe, clock } = await teamOf([worker, bot]);
  const running = troupe.run(worker, undefined);
  await clock.quiet();
  const starting = troupe.start(bot, 1, { id: 'early' });
  const stopped = [troupe.stop(), troupe.stop({ deadline: '1s' })];
  expect(await refused(troupe.start(bot, 2))).toMatchObject({ code: 'STOPPED' });
  expect((await starting).id).toBe('early');
  gate.resolve();
  expect(await running).toBeUndefined();
  await Promise.all(stopped);
});

test('who waits for what does not end is told', async () => {
  const worker = defineBot({ id: 'worker', work: never });
  const { troupe, clock } = await teamOf([worker]);
  const run = await troupe.start(worker, undefined);
  const waiting = [run.result(), run.outcome(), run.events({ since: 1e9 }).next()].map(refused);
  await clock.quiet();
  const stopped = troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  for (const refusal of await Promise.all(waiting))
    expect(refusal).toMatchObject({ code: 'STOPPED' });
});

test.each<[unknown, string]>([
  [{ deadline: 'soon' }, 'deadline'],
  [{ deadline: -1 }, 'deadline'],
  [{ dedline: 1 }, 'dedline'],
  ['1s', 'options'],
  [null, 'options'],
])('the options %j are refused, and nothing is stopped', async (options, field) => {
  const { troupe } = await teamOf([bot]);
  expect(await refused(Reflect.apply(troupe.stop, troupe, [options]))).toMatchObject({
    code: 'BAD_OPTION',
    field,
  });
  expect(await troupe.run(bot, 1)).toBe(1);
});

test('given a file that stays busy, then it ends soon after the deadline', async () => {
  const journal = newFile();
  const clock = testClock();
  const aborted: unknown[] = [];
  const worker = defineBot({
    id: 'worker',
    input: z.unknown(),
    work: ({ input, signal }) => {
      signal.addEventListener('abort', () => aborted.push(signal.reason.code));
      return aborted.length === 0 ? never() : input;
    },
  });
  const first = await teamOf([worker], { journal, clock });
  const run = await first.troupe.start(worker, 1, { id: 'w' });
  await clock.quiet();
  const waiting = refused(run.outcome());
  const other = new DatabaseSync(journal);
  other.exec('BEGIN IMMEDIATE');
  const begun = clock.now();
  let endedAfter: number | undefined;
  const stopped = first.troupe.stop({ deadline: '1s' }).then(() => {
    endedAfter = clock.now() - begun;
  });
  await clock.advance(5_000);
  other.exec('ROLLBACK');
  other.close();
  await clock.advance(1_000);
  await stopped;
  expect(endedAfter).toBeGreaterThanOrEqual(1_000);
  expect(endedAfter).toBeLessThanOrEqual(2_000);
  expect(aborted).toEqual(['STOPPED']);
  expect(await waiting).toMatchObject({ code: 'STOPPED' });
  expect(clock.nextDue()).toBeUndefined();
  expect(first.logged).toMatchObject([{ level: 'warn' }]);
  const { troupe } = await teamOf([worker], { journal, clock });
  expect(await troupe.run(worker, 1, { id: 'w' })).toBe(1);
});

test('`await using` stops at the end of its block', async () => {
  const journal = newFile();
  let kept: Awaited<ReturnType<typeof createTroupe>> | undefined;
  {
    await using troupe = await createTroupe({ definitions: [bot], journal });
    kept = troupe;
    expect(await troupe.run(bot, 'x', { id: 'x' })).toBe('x');
  }
  expect(await refused(kept.run(bot, 1))).toMatchObject({ code: 'STOPPED' });
  await using again = await createTroupe({ definitions: [bot], journal });
  expect(await again.run(bot, 'x', { id: 'x' })).toBe('x');
});
