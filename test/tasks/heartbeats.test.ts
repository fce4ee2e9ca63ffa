/** Heartbeats of steps: silence ends an attempt, signs of life let it go on. */
import { expect, test } from 'vitest';
import { defineBot, type StepOptions } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

/** A bot with one step that gives a sign of life after each of some pauses, then never settles. */
function beating(pauses: readonly number[], options: StepOptions) {
  const seen: string[] = [];
  let sign: (() => void) | undefined;
  const bot = defineBot({
    id: 'bot',
    retry: false,
    work: ({ step }) =>
      step(
        'long',
        ({ heartbeat, attempt, signal }) =>
          new Promise((resolve) => {
            seen.push(`begin ${attempt}`);
            sign = heartbeat;
            const code = () => Object(signal.reason).code;
            signal.addEventListener('abort', () => seen.push(`abort ${attempt} ${code()}`));
            if (attempt > pauses.length) resolve('done');
          }),
        options,
      ),
  });
  return { bot, seen, sign: () => sign?.() };
}

test('silence ends an attempt of a step; the next one has its own time', async () => {
  const { bot, seen, sign } = beating([1], {
    heartbeat: '2s',
    retry: { attempts: 2, backoff: 0 },
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  for (let n = 0; n < 3; n += 1) {
    await clock.advance(1_999);
    sign();
  }
  await clock.advance(1_999);
  expect(seen).toEqual(['begin 1']);
  await clock.advance(1);
  expect(seen).toEqual(['begin 1', 'abort 1 HEARTBEAT_LOST', 'begin 2']);
  expect(await run.result()).toBe('done');
});

test('without another attempt the failure reaches the work, worth trying again', async () => {
  const { bot } = beating([1, 2], { heartbeat: 500 });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  await clock.advance(500);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: {
      code: 'HEARTBEAT_LOST',
      retryable: true,
      message: expect.stringContaining('bot/x/long'),
    },
  });
});

test('a time-out beside it counts on, whatever signs are given', async () => {
  const { bot, sign } = beating([1, 2], { heartbeat: '2s', timeout: '3s' });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.advance(1_500);
  sign();
  await clock.advance(1_499);
  sign();
  expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({ error: { code: 'WORK_TIMEOUT' } });
  sign();
  await clock.advance(10_000);
});

test('a sign without the option is fine; the option is a duration above 0', async () => {
  const free = defineBot({
    id: 'free',
    work: ({ step }) => step('one', ({ heartbeat }) => heartbeat()),
  });
  const wrong = defineBot({
    id: 'wrong',
    retry: false,
    work: ({ step }) => step('one', () => 1, { heartbeat: 0 }),
  });
  const { troupe } = await teamOf([free, wrong]);
  expect(await troupe.run(free, undefined)).toBeUndefined();
  expect(await refused(troupe.run(wrong, undefined))).toMatchObject({ code: 'RUN_FAILED' });
});
