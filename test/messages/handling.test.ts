/**
 * Handlers: at least once, tried again by the bot's policy, within its time and its slots; what
 * can't be handled is kept with the reason.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, memoryJournal, TerminalError } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { teamOf, testClock } from '../troupe/team.ts';

test('a failing handler is tried again after pauses, then the message is dead', async () => {
  const clock = testClock();
  const seen: [number, number][] = [];
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 3, backoff: 1_000 },
    on: {
      note: handler(z.string(), ({ attempt }) => {
        seen.push([attempt, clock.now()]);
        throw new Error(`no ${attempt}`);
      }),
    },
  });
  const journal = memoryJournal();
  const { troupe } = await teamOf([bot], { journal, clock });
  await troupe.send(bot, { type: 'note', payload: 'x' });
  await clock.advance(10_000);
  expect(seen.map(([attempt]) => attempt)).toEqual([1, 2, 3]);
  expect(new Set(seen.map(([, at]) => at)).size).toBeGreaterThan(1);
  expect(journal.deadLetters(9)).toMatchObject([
    { to: 'bot/bot', type: 'message', reason: 'failed', detail: 'WORK_FAILED: no 3' },
  ]);
});

test('given a later attempt that succeeds, then the message is handled', async () => {
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 2, backoff: 0 },
    on: {
      note: handler(z.string(), ({ attempt }) => {
        if (attempt === 1) throw new Error('once');
      }),
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await troupe.send(bot, { type: 'note', payload: 'x' });
  await clock.advance(1);
  expect(journal.deadLetters(9)).toEqual([]);
});

test('a terminal error is not tried again', async () => {
  let calls = 0;
  const bot = defineBot({
    id: 'bot',
    on: {
      note: handler(z.string(), () => {
        calls += 1;
        throw new TerminalError('useless');
      }),
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await troupe.send(bot, { type: 'note', payload: 'x' });
  await clock.advance(60_000);
  expect(calls).toBe(1);
  expect(journal.deadLetters(9)).toMatchObject([
    { reason: 'failed', detail: expect.stringMatching(/^TERMINAL/) },
  ]);
});

test('a handler that never settles times out by its bot', async () => {
  const seen: unknown[] = [];
  const bot = defineBot({
    id: 'bot',
    concurrency: 1,
    timeout: '1s',
    retry: false,
    on: {
      note: handler(z.string(), ({ signal, payload }) => {
        signal.addEventListener('abort', () => seen.push(signal.reason.code));
        return payload === 'stuck' ? new Promise(() => {}) : void seen.push(payload);
      }),
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await troupe.send(bot, { type: 'note', payload: 'stuck' });
  await troupe.send(bot, { type: 'note', payload: 'next' });
  await clock.advance(1_000);
  expect(seen).toEqual(['WORK_TIMEOUT', 'next']);
  expect(journal.deadLetters(9)).toMatchObject([
    { reason: 'failed', detail: expect.stringMatching(/^WORK_TIMEOUT/) },
  ]);
});

test('handlers and runs share the slots of their bot', async () => {
  let atOnce = 0;
  let most = 0;
  const gates: (() => void)[] = [];
  const busy = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise<void>((resolve) => void gates.push(resolve));
    atOnce -= 1;
  };
  const bot = defineBot({
    id: 'bot',
    concurrency: 2,
    on: { note: handler(z.unknown(), busy) },
    work: busy,
  });
  const { troupe, clock } = await teamOf([bot]);
  for (let n = 0; n < 3; n += 1) {
    await troupe.send(bot, { type: 'note', payload: n });
    await troupe.start(bot, undefined);
  }
  for (let n = 0; n < 6; n += 1) {
    await clock.quiet();
    expect(atOnce).toBeLessThanOrEqual(2);
    gates.shift()?.();
  }
  expect(most).toBe(2);
});

test('a handler gets what its schema gives, and a copy', async () => {
  const seen: unknown[] = [];
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 2, backoff: 0 },
    on: {
      note: handler(
        z.object({ list: z.array(z.string().transform(Number)), deep: z.unknown() }),
        ({ payload, attempt }) => {
          seen.push(structuredClone(payload));
          if (Array.isArray(payload.deep)) payload.deep.push(attempt);
          if (attempt === 1) throw new Error('once');
        },
      ),
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: { list: ['1', '2'], deep: [] } });
  await clock.advance(1);
  expect(seen).toEqual([
    { list: [1, 2], deep: [] },
    { list: [1, 2], deep: [] },
  ]);
});

test('given a restart while it is handled, then the handler runs again', async () => {
  const journal = newFile();
  const clock = testClock();
  const seen: string[] = [];
  const botOf = (name: string, end: Promise<unknown> | undefined) =>
    defineBot({
      id: 'bot',
      on: {
        note: handler(z.string(), async ({ payload, attempt, message }) => {
          seen.push(`${name} ${payload} ${attempt} ${message.priority}`);
          await end;
        }),
      },
    });
  const first = await teamOf([botOf('first', new Promise(() => {}))], { journal, clock });
  await first.troupe.send('bot', { type: 'note', payload: 'x', priority: 7 });
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  await teamOf([botOf('second', undefined)], { journal, clock });
  await clock.quiet();
  const third = await teamOf([], { clock });
  expect(third.logged).toEqual([]);
  expect(seen).toEqual(['first x 1 7', 'second x 1 7']);
});

test('given a stop, when a handler ends in time, then it does not run again', async () => {
  const journal = newFile();
  const clock = testClock();
  const held = Promise.withResolvers<void>();
  let calls = 0;
  const bot = defineBot({
    id: 'bot',
    on: {
      note: handler(z.string(), () => {
        calls += 1;
        return held.promise;
      }),
    },
  });
  const first = await teamOf([bot], { journal, clock });
  await first.troupe.send('bot', { type: 'note', payload: 'x' });
  await clock.quiet();
  const stopped = first.troupe.stop();
  await clock.quiet();
  held.resolve();
  await stopped;
  await teamOf([bot], { journal, clock });
  await clock.quiet();
  expect(calls).toBe(1);
});

test('given a schema that changed, then what no longer fits is dead at once', async () => {
  const journal = memoryJournal();
  const clock = testClock();
  const held = Promise.withResolvers<void>();
  const old = defineBot({
    id: 'bot',
    concurrency: 1,
    on: { note: handler(z.string(), () => held.promise) },
  });
  const { troupe } = await teamOf([old], { journal, clock });
  await troupe.send(old, { type: 'note', payload: 'holds' });
  await clock.quiet();
  await troupe.send(old, { type: 'note', payload: 'text' });
  await troupe.send(old, { type: 'note', payload: 'more' });
  await troupe.register(
    defineBot({ id: 'bot', version: '2', on: { note: handler(z.number(), () => undefined) } }),
  );
  held.resolve();
  await clock.quiet();
  expect(journal.deadLetters(9)).toMatchObject([
    { reason: 'failed', detail: expect.stringMatching(/^INVALID/) },
    { reason: 'failed', detail: expect.stringMatching(/^INVALID/) },
  ]);
});

test('what a handler sends and forgets may be refused without harm', async () => {
  const bot = defineBot({
    id: 'bot',
    on: {
      note: handler(z.unknown(), ({ send }) => {
        void send('nobody', { type: 'note' });
        void send('bot', { type: 'unknown' });
      }),
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await troupe.send(bot, { type: 'note', payload: 1 });
  await clock.quiet();
  expect(journal.deadLetters(9)).toMatchObject([{ reason: 'unknown-recipient' }]);
});

test('a handler keeps its slot in the pauses between its attempts', async () => {
  const calls: string[] = [];
  const bot = defineBot({
    id: 'bot',
    concurrency: 1,
    retry: { attempts: 2, backoff: '1h' },
    on: {
      note: handler(z.unknown(), ({ attempt }) => {
        calls.push(`attempt ${attempt}`);
        throw new Error('no');
      }),
    },
    work: () => calls.push('work'),
  });
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  await troupe.start(bot, undefined);
  await clock.quiet();
  expect(calls).toEqual(['attempt 1']);
  await clock.advance(3_600_000);
  expect(calls).toEqual(['attempt 1', 'attempt 2', 'work']);
});

test("given a restart, then a handler's attempts start at 1 and it sends again", async () => {
  const journal = newFile();
  const clock = testClock();
  const calls: string[] = [];
  const told: unknown[] = [];
  const desk = defineBot({
    id: 'desk',
    on: { done: handler(z.unknown(), ({ payload }) => void told.push(payload)) },
  });
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 3, backoff: '1h' },
    on: {
      note: handler(z.unknown(), async ({ attempt, send }) => {
        calls.push(`attempt ${attempt}`);
        await send(desk, { type: 'done', payload: 'x' });
        if (calls.length === 1) throw new Error('again');
        if (calls.length === 2) await new Promise(() => {});
      }),
    },
  });
  const first = await teamOf([bot, desk], { journal, clock });
  await first.troupe.send(bot, { type: 'note' });
  await clock.advance(3_600_000);
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  await teamOf([bot, desk], { journal, clock });
  await clock.quiet();
  expect(calls).toEqual(['attempt 1', 'attempt 2', 'attempt 1']);
  expect(told).toEqual(['x', 'x', 'x']);
});
