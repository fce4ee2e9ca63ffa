/**
 * Asking from work: once, however often the work runs again; the waiting holds no slot and
 * survives a restart.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, memoryJournal, type WorkContext } from '../../../src/index.ts';
import { newFile } from '../../journal/files.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

/** A bot that answers when it is let go, and notes what it was asked. */
function oracle(options: { concurrency?: number; reply?: unknown } = {}) {
  const asked: string[] = [];
  const held = Promise.withResolvers<unknown>();
  held.promise.catch(() => undefined);
  if ('reply' in options) held.resolve(options.reply);
  const bot = defineBot({
    id: 'oracle',
    concurrency: options.concurrency ?? 10,
    retry: false,
    on: {
      ask: handler(z.unknown(), ({ message, payload }) => {
        asked.push(`${payload} ${message.id} ${message.from}`);
        return held.promise;
      }),
    },
  });
  return { bot, asked, answer: held.resolve, fail: held.reject };
}

const worker = (work: (context: WorkContext<undefined>) => unknown) =>
  defineBot({ id: 'worker', concurrency: 1, retry: { attempts: 3, backoff: 0 }, work });

const codeOf = (error: unknown): unknown => Object(error).code;

test('work gets the reply, under a key that never changes', async () => {
  const { bot, asked } = oracle({ reply: { yes: 1 } });
  const asker = worker(({ ask }) => ask(bot, { type: 'ask', payload: 'q' }));
  const { troupe } = await teamOf([asker, bot]);
  expect(await troupe.run(asker, undefined, { id: '1' })).toEqual({ yes: 1 });
  expect(asked).toEqual([
    expect.stringMatching(/^q worker\/1\/~ask\/[0-9a-z]{22}#1 run\/worker\/1$/),
  ]);
});

test('given failing attempts, then each ask is asked once, equal ones too', async () => {
  const { bot, asked } = oracle({ reply: 'yes' });
  const seen: unknown[] = [];
  const asker = worker(async ({ ask, attempt }) => {
    seen.push(await ask(bot, { type: 'ask', payload: 1 }));
    if (attempt === 1) throw new Error('again');
    seen.push(await ask(bot, { type: 'ask', payload: 1 }));
    if (attempt === 2) throw new Error('again');
  });
  const { troupe, clock } = await teamOf([asker, bot]);
  const run = await troupe.start(asker, undefined);
  await clock.advance(10);
  expect((await run.outcome()).status).toBe('COMPLETED');
  expect(asked).toHaveLength(2);
  expect(seen).toEqual(Array.from({ length: 5 }, () => 'yes'));
});

test('a failure is recorded too, and told with its cause', async () => {
  const { bot, asked, fail } = oracle();
  fail(new RangeError('too far'));
  const codes: unknown[] = [];
  const asker = worker(async ({ ask, attempt }) => {
    await ask(bot, { type: 'ask' }).catch((error) => codes.push(codeOf(error)));
    if (attempt < 3) throw new Error('again');
    await ask(bot, { type: 'ask' });
  });
  const { troupe, clock } = await teamOf([asker, bot]);
  const run = await troupe.start(asker, undefined);
  await clock.advance(10);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'HANDLER_FAILED', cause: { code: 'RangeError', message: 'too far' } },
  });
  expect(asked).toHaveLength(2);
  expect(codes).toEqual(['HANDLER_FAILED', 'HANDLER_FAILED', 'HANDLER_FAILED']);
});

test('who waits for a reply holds no slot: work may ask its own bot', async () => {
  const self = defineBot({
    id: 'self',
    concurrency: 1,
    on: { ask: handler(z.unknown(), () => 'own') },
    work: ({ ask }) => ask('self', { type: 'ask' }),
  });
  const { troupe, clock } = await teamOf([self]);
  const run = await troupe.start(self, undefined);
  await clock.quiet();
  expect(await run.result()).toBe('own');
});

test('given a long wait, then the work is dropped and goes on from the top', async () => {
  const { bot, answer, asked } = oracle();
  const begun: number[] = [];
  const asker = worker(async ({ ask, attempt }) => {
    begun.push(attempt);
    return ask(bot, { type: 'ask' });
  });
  const { troupe, clock } = await teamOf([asker, bot]);
  const run = await troupe.start(asker, undefined);
  await clock.advance(5_000);
  expect((await run.snapshot()).status).toBe('BLOCKED');
  answer('late');
  await clock.quiet();
  expect(await run.result()).toBe('late');
  expect(begun).toEqual([1, 1]);
  expect(asked).toHaveLength(1);
  for await (const { type } of run.events()) expect(type).toBe('status');
});

test.each(['asker', 'time'])('given a restart, then the waiting goes on (%s)', async (end) => {
  const journal = newFile();
  const clock = testClock();
  const before = oracle();
  const workOf = (bot: typeof before.bot) =>
    worker(({ ask }) => ask(bot, { type: 'ask', payload: 'q' }, { timeout: '1h' }).catch(codeOf));
  const asker = workOf(before.bot);
  const first = await teamOf([asker, before.bot], { journal, clock });
  await first.troupe.start(asker, undefined, { id: '1' });
  await clock.advance(10_000);
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  const after = oracle();
  const again = workOf(after.bot);
  const { troupe } = await teamOf([again, after.bot], { journal, clock });
  await clock.quiet();
  expect(before.asked).toHaveLength(1);
  expect(after.asked).toEqual(before.asked);
  if (end === 'asker') after.answer('yes');
  await clock.advance(3_600_000);
  const found = await troupe.get(again, '1');
  expect(await found?.result()).toBe(end === 'asker' ? 'yes' : 'ASK_TIMEOUT');
});

test('given no reply in time, then the recorded end counts, whatever still comes', async () => {
  const { bot, answer } = oracle();
  const journal = memoryJournal();
  const codes: unknown[] = [];
  const held = Promise.withResolvers<void>();
  const asker = worker(async ({ ask, step, attempt }) => {
    const ended = ask(bot, { type: 'ask' }, { timeout: '2s' }).catch(codeOf);
    codes.push(await ended);
    await step('wait', () => held.promise);
    if (attempt === 1) throw new Error('again');
  });
  const { troupe, clock } = await teamOf([asker, bot], { journal });
  const run = await troupe.start(asker, undefined);
  await clock.advance(2_000);
  answer('too late');
  await clock.quiet();
  held.resolve();
  await clock.advance(10);
  expect((await run.outcome()).status).toBe('COMPLETED');
  expect(codes.every((code) => code === 'ASK_TIMEOUT')).toBe(true);
  expect(journal.deadLetters(9)).toMatchObject([{ to: `run/${run.runId}` }]);
});

test('a signal ends the waiting, recorded; a cancelled run takes its question back', async () => {
  const { bot, asked } = oracle({ concurrency: 1 });
  const journal = memoryJournal();
  const controller = new AbortController();
  const asker = worker(async ({ ask }) => {
    const { signal } = controller;
    const code = await ask(bot, { type: 'ask', payload: 1 }, { signal }).catch(codeOf);
    await ask(bot, { type: 'ask', payload: code });
  });
  const { troupe, clock } = await teamOf([asker, bot], { journal });
  await troupe.send(bot, { type: 'ask', payload: 'held' });
  const run = await troupe.start(asker, undefined);
  await clock.quiet();
  controller.abort();
  await clock.quiet();
  expect(journal.deadLetters(9)).toMatchObject([{ reason: 'withdrawn' }]);
  await run.cancel();
  await clock.quiet();
  expect(journal.deadLetters(9)).toMatchObject([{ reason: 'withdrawn' }, { reason: 'withdrawn' }]);
  expect(asked).toHaveLength(1);
});

test('a refused ask reaches the work, and its recipient is checked at once', async () => {
  const asker = worker(({ ask }) => ask('nobody', { type: 'ask' }).catch(codeOf));
  const { troupe } = await teamOf([asker]);
  expect(await troupe.run(asker, undefined)).toBe('UNKNOWN_RECIPIENT');
});
