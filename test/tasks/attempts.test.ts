/**
 * The attempts of work: pauses with full jitter, time-outs, what is worth trying again, and what a
 * stop or a restart leaves of that.
 */
import { expect, test } from 'vitest';
import {
  type Definition,
  defineBot,
  defineTask,
  graph,
  TerminalError,
  troupeError,
} from '../../src/index.ts';
import { backoffMs } from '../../src/policies/index.ts';
import { newFile } from '../journal/files.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

test('pauses are drawn between 0 and the doubled back-off, at most the longest', async () => {
  const clock = testClock(7);
  const begun: number[] = [];
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 6, backoff: 1_000, backoffMax: 3_000 },
    work: () => {
      begun.push(clock.now());
      throw new Error('again');
    },
  });
  const drawn: number[] = [];
  const random = () => {
    const chance = clock.random();
    drawn.push(chance);
    return chance;
  };
  const { troupe } = await teamOf([bot], { clock: { ...clock, random } });
  const run = await troupe.start(bot, undefined);
  await clock.advance(60_000);
  const policy = { attempts: 6, backoffMs: 1_000, backoffMsMax: 3_000 };
  const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
  expect(pauses).toEqual(pauses.map((_, n) => backoffMs(n + 1, policy, drawn[n] ?? 0)));
  for (const [n, most] of [1_000, 2_000, 3_000, 3_000, 3_000].entries())
    expect(pauses[n]).toBeLessThanOrEqual(most);
  expect(new Set(pauses).size).toBeGreaterThan(2);
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', attempts: 6 });
});

test.each<[string, () => unknown, number]>([
  ['an error', () => new Error('x'), 3],
  ['a text', () => 'x', 3],
  ['a terminal error', () => new TerminalError('x'), 1],
  ['an error that says so', () => troupeError('INVALID', { what: 'x', issues: [] }), 1],
  ['an error that may pass', () => troupeError('MAILBOX_FULL', { to: 'x', capacity: 1 }), 3],
])('%s is worth as many attempts as it says', async (_, thrown, attempts) => {
  const bot = defineBot({
    id: 'bot',
    work: () => {
      throw thrown();
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.advance(60_000);
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', attempts });
});

test('the policy of a run is that of its options, else of what it runs', async () => {
  const failing = () => {
    throw new Error('x');
  };
  const bot = defineBot({ id: 'bot', retry: { attempts: 2, backoff: 0 }, work: failing });
  const task = defineTask({ id: 'task', bot, retry: { attempts: 4, backoff: 0 } });
  const { troupe, clock } = await teamOf([task]);
  const runs = [
    await troupe.start(bot, undefined),
    await troupe.start(task, undefined),
    await troupe.start(task, undefined, { retry: false }),
    await troupe.start(bot, undefined, { retry: { attempts: 5, backoff: 0 } }),
  ];
  await clock.advance(10);
  const attempts = runs.map(async (run) => (await run.outcome()).attempts);
  expect(await Promise.all(attempts)).toEqual([2, 4, 1, 5]);
});

test('work that never settles times out, is aborted, and has another attempt', async () => {
  const seen: string[] = [];
  const bot = defineBot({
    id: 'bot',
    concurrency: 1,
    timeout: '1s',
    retry: { attempts: 2, backoff: 0 },
    work: ({ attempt, signal }) => {
      seen.push(`begin ${attempt}`);
      signal.addEventListener('abort', () => seen.push(`abort ${attempt} ${signal.reason.code}`));
      return new Promise(() => {});
    },
  });
  const { troupe, clock } = await teamOf([bot], { limits: { graceMs: 500 } });
  const run = await troupe.start(bot, undefined, { id: 'x' });
  await clock.advance(1_499);
  expect(seen).toEqual(['begin 1', 'abort 1 ABORTED']);
  await clock.advance(1);
  expect(seen).toEqual(['begin 1', 'abort 1 ABORTED', 'begin 2']);
  await clock.advance(1_000);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    attempts: 2,
    error: { code: 'WORK_TIMEOUT', at: 'run/bot/x' },
  });
  expect(seen.at(-1)).toBe('abort 2 ABORTED');
});

test('a late result of a timed-out attempt is dropped, that of the next one counts', async () => {
  const gates = [1, 2].map(() => Promise.withResolvers<string>());
  const bot = defineBot({
    id: 'bot',
    timeout: '1s',
    retry: { attempts: 2, backoff: 0 },
    work: ({ attempt }) => gates[attempt - 1]?.promise,
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.advance(1_000);
  gates[0]?.resolve('late');
  await clock.advance(10);
  gates[1]?.resolve('in time');
  expect(await run.outcome()).toMatchObject({ result: 'in time', attempts: 2 });
});

test('time without a slot does not count toward the time-out', async () => {
  const child = defineBot({
    id: 'child',
    work: () => new Promise((resolve) => void later.promise.then(resolve)),
  });
  const later = Promise.withResolvers<string>();
  const lead = defineBot({
    id: 'lead',
    timeout: '10s',
    retry: false,
    work: ({ step }) => step('ask', child, undefined),
  });
  const { troupe, clock } = await teamOf([lead, child]);
  const run = await troupe.start(lead, undefined);
  await clock.advance(3_600_000);
  later.resolve('after an hour');
  expect(await run.result()).toBe('after an hour');
});

test('given a restart during a pause, then the next attempt comes in its time', async () => {
  const journal = newFile();
  const clock = testClock();
  const attempts: number[] = [];
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 2, backoff: '1h', backoffMax: '1h' },
    work: ({ attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new Error('busy');
      return 'done';
    },
  });
  const first = await teamOf([bot], { journal, clock });
  await first.troupe.start(bot, undefined, { id: 'x' });
  await clock.quiet();
  await first.troupe.stop();
  const second = await teamOf([bot], { journal, clock });
  const run = await second.troupe.get(bot, 'x');
  await clock.quiet();
  expect(attempts).toEqual([1]);
  await clock.advance(3_600_000);
  expect(await run?.outcome()).toMatchObject({ result: 'done', attempts: 2 });
  expect(attempts).toEqual([1, 2]);
});

test('given a restart during work, then it runs again and that is no attempt', async () => {
  const journal = newFile();
  const clock = testClock();
  const attempts: number[] = [];
  const bot = defineBot({
    id: 'bot',
    retry: false,
    work: ({ attempt }) => {
      attempts.push(attempt);
      return attempts.length === 1 ? new Promise(() => {}) : 'done';
    },
  });
  const first = await teamOf([bot], { journal, clock });
  await first.troupe.start(bot, undefined, { id: 'x' });
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  const second = await teamOf([bot], { journal, clock });
  const run = await second.troupe.get(bot, 'x');
  expect(await run?.outcome()).toMatchObject({ result: 'done', attempts: 1 });
  expect(attempts).toEqual([1, 1]);
});

/** A bot with a time-out that notes a step and works until `ends`; its lives after each other. */
function interrupted(attempts: number) {
  const journal = newFile();
  const clock = testClock();
  const begun: number[] = [];
  const ends: PromiseWithResolvers<string>[] = [];
  const bot = defineBot({
    id: 'bot',
    timeout: '2s',
    retry: { attempts, backoff: 0 },
    work: async ({ attempt, step }) => {
      begun.push(attempt);
      await step('wait', () => new Promise((resolve) => void clock.after(500, () => resolve(1))));
      const end = Promise.withResolvers<string>();
      ends.push(end);
      return end.promise;
    },
  });
  let last: Team | undefined;
  const next = async (...definitions: Definition[]) => {
    const stopped = last?.troupe.stop({ deadline: 1 });
    await clock.advance(1);
    await stopped;
    await clock.advance(last === undefined ? 0 : 3_600_000);
    last = await teamOf(definitions, { journal, clock });
    await clock.quiet();
    return last;
  };
  return { clock, bot, begun, ends, next };
}

test('given a restart after the time-out, then the work has the time that was left', async () => {
  const { clock, bot, begun, ends, next } = interrupted(1);
  const first = await next(bot);
  await first.troupe.start(bot, undefined, { id: 'x' });
  await clock.advance(700);
  const { troupe } = await next(bot);
  const run = await troupe.get(bot, 'x');
  await clock.advance(1_499);
  expect(begun).toEqual([1, 1]);
  expect(await run?.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
  ends.at(-1)?.resolve('done');
  expect(await run?.outcome()).toMatchObject({ result: 'done', attempts: 1 });
});

test('given restarts, then the time before each counts up to what was recorded last', async () => {
  const { clock, bot, begun, next } = interrupted(2);
  const first = await next(bot);
  await first.troupe.start(bot, undefined, { id: 'x' });
  await clock.advance(700);
  await next(bot);
  const { troupe } = await next(bot);
  const run = await troupe.get(bot, 'x');
  await clock.advance(1_499);
  expect(begun).toEqual([1, 1, 1]);
  await clock.advance(1);
  expect(begun).toEqual([1, 1, 1, 2]);
  await clock.advance(2_000);
  const error = { code: 'WORK_TIMEOUT' };
  expect(await run?.outcome()).toMatchObject({ status: 'FAILED', attempts: 2, error });
});

test('given a parked run, then the time until it goes on does not count', async () => {
  const { clock, bot, begun, ends, next } = interrupted(2);
  const first = await next(bot);
  await first.troupe.start(bot, undefined, { id: 'x' });
  await clock.advance(700);
  await next();
  const { troupe } = await next();
  await clock.advance(3_600_000);
  await troupe.register(bot);
  await troupe.parked.retry('bot/x');
  await clock.quiet();
  expect(begun).toEqual([1, 1]);
  ends.at(-1)?.resolve('done');
  const run = await troupe.get(bot, 'x');
  expect(await run?.outcome()).toMatchObject({ result: 'done', attempts: 1 });
});

test('given a workflow, then its time-out is a limit of the clock, whoever runs it', async () => {
  const { clock, bot, next } = interrupted(1);
  const flow = graph('flow', { only: { work: bot } }, { timeout: '10m' });
  const first = await next(bot, flow);
  await first.troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const { troupe } = await next(bot, flow);
  const run = await troupe.get(flow, 'f');
  await clock.advance(0);
  const error = { code: 'WORK_TIMEOUT' };
  expect(await run?.outcome()).toMatchObject({ status: 'FAILED', error });
});
