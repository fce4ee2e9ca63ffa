/** Answers in parts: in order, each once, as fast as the caller takes them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, memoryJournal, TerminalError } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

/** A bot that counts, and notes what it gave and how it ended. */
function counter(options: { concurrency?: number } = {}) {
  const given: number[] = [];
  const ends: string[] = [];
  const bot = defineBot({
    id: 'counter',
    ...options,
    retry: { attempts: 3, backoff: 0 },
    on: {
      count: handler(z.number(), async function* ({ payload, signal }) {
        try {
          for (let n = 1; n <= payload; n += 1) {
            given.push(n);
            yield { n };
          }
          return 'counted';
        } finally {
          ends.push(signal.aborted ? 'aborted' : 'ended');
        }
      }),
      plain: handler(z.unknown(), () => 7),
    },
  });
  return { bot, given, ends };
}

async function all<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const seen: Part[] = [];
  for await (const part of parts) seen.push(part);
  return seen;
}

test('what a handler yields comes in parts, in order; a plain one gives one part', async () => {
  const { bot } = counter();
  const { troupe } = await teamOf([bot]);
  const parts = await all(troupe.askStream(bot, { type: 'count', payload: 50 }));
  expect(parts).toEqual(Array.from({ length: 50 }, (_, index) => ({ n: index + 1 })));
  expect(await all(troupe.askStream(bot, { type: 'plain' }))).toEqual([7]);
  await troupe.send(bot, { type: 'count', payload: 2 });
});

test('one reply can not be asked of a handler that answers in parts', async () => {
  const { bot, given } = counter();
  const hidden = defineBot({
    id: 'hidden',
    on: { count: handler(z.number(), (context) => bot.on.count.handle?.(context)) },
  });
  const asker = defineBot({
    id: 'asker',
    retry: false,
    on: { go: handler(z.unknown(), ({ ask }) => ask('counter', { type: 'count', payload: 2 })) },
    work: ({ ask }) => ask('counter', { type: 'count', payload: 2 }),
  });
  const { troupe } = await teamOf([bot, hidden, asker]);
  const facts = { code: 'ASK_PARTS', to: 'bot/counter', type: 'count' };
  const ask = (to: string) => refused(troupe.ask(to, { type: 'count', payload: 2 }));
  expect(await ask('counter')).toEqual(facts);
  expect(await troupe.ask('counter', { type: 'count', payload: 2 }).catch(String)).toContain(
    'askStream',
  );
  const { code } = facts;
  expect(await ask('hidden')).toMatchObject({ code: 'HANDLER_FAILED', failure: { code } });
  expect(await refused(troupe.ask(asker, { type: 'go' }))).toMatchObject({ failure: { code } });
  const run = await troupe.start(asker, undefined);
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', error: { code } });
  expect(given).toEqual([]);
});

test('nothing is sent before the first part is asked for', async () => {
  const { bot, given } = counter();
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  const parts = troupe.askStream(bot, { type: 'count', payload: 3 });
  await clock.quiet();
  expect(given).toEqual([]);
  await parts.return();
  expect(journal.rows(0, 99).some(({ type }) => type === 'message')).toBe(false);
});

test('the handler waits for a caller that is slower', async () => {
  const { bot, given } = counter();
  const { troupe, clock } = await teamOf([bot]);
  const parts = troupe.askStream(bot, { type: 'count', payload: 1_000 });
  for (let taken = 1; taken <= 40; taken += 1) {
    expect((await parts.next()).value).toEqual({ n: taken });
    await clock.quiet();
    expect(given.length - taken).toBeLessThanOrEqual(17);
  }
  await clock.advance(3_600_000);
  expect(given.length).toBeLessThan(60);
  expect((await parts.next()).value).toEqual({ n: 41 });
  await parts.return();
});

test('ending the iteration ends the handler, and its slot is free', async () => {
  const { bot, ends } = counter({ concurrency: 1 });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  for await (const { n } of troupe.askStream(bot, { type: 'count', payload: 1_000 })) {
    if (n === 3) break;
  }
  await clock.quiet();
  expect(ends).toEqual(['aborted']);
  expect(await troupe.ask(bot, { type: 'plain' })).toBe(7);
  expect(journal.deadLetters(9)).toEqual([]);
});

test('a handler that ignores the end keeps its slot for the time of grace', async () => {
  const stuck = defineBot({
    id: 'stuck',
    concurrency: 1,
    on: {
      go: handler(z.unknown(), async function* () {
        yield 1;
        await new Promise(() => {});
        yield 2;
      }),
      plain: handler(z.unknown(), () => 7),
    },
  });
  const { troupe, clock } = await teamOf([stuck]);
  const parts = troupe.askStream(stuck, { type: 'go' });
  expect((await parts.next()).value).toBe(1);
  await parts.return();
  let reply: unknown;
  void troupe.ask(stuck, { type: 'plain' }).then((value) => {
    reply = value;
  });
  await clock.advance(4_999);
  expect(reply).toBeUndefined();
  await clock.advance(1);
  expect(reply).toBe(7);
});

test('a handler that fails and is tried again goes on behind what it gave', async () => {
  let attempts = 0;
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 3, backoff: 0 },
    on: {
      go: handler(z.unknown(), async function* ({ attempt }) {
        attempts += 1;
        yield 'a';
        if (attempt === 1) throw new Error('again');
        yield 'b';
        if (attempt === 2) throw new Error('again');
        yield 'c';
      }),
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  const parts = all(troupe.askStream(bot, { type: 'go' }));
  await clock.advance(10);
  expect(await parts).toEqual(['a', 'b', 'c']);
  expect(attempts).toBe(3);
});

test('a failure comes behind the parts before it; so does a part that is no JSON', async () => {
  const bot = defineBot({
    id: 'bot',
    on: {
      fail: handler(z.unknown(), async function* () {
        yield 1;
        yield 2;
        throw new TerminalError('enough');
      }),
      date: handler(z.unknown(), async function* () {
        yield 1;
        yield { at: new Date(0) };
      }),
    },
  });
  const { troupe } = await teamOf([bot]);
  for (const [type, parts, code] of [
    ['fail', [1, 2], 'TERMINAL'],
    ['date', [1], 'NOT_JSON'],
  ] as const) {
    const seen: unknown[] = [];
    const ended = refused(
      (async () => {
        for await (const part of troupe.askStream(bot, { type })) seen.push(part);
      })(),
    );
    expect(await ended).toMatchObject({ code: 'HANDLER_FAILED', failure: { code } });
    expect(seen).toEqual(parts);
  }
});

test('the time-out is that between two parts; a signal ends it at once', async () => {
  const aborted: unknown[] = [];
  const bot = defineBot({
    id: 'bot',
    retry: false,
    on: {
      slow: handler(z.unknown(), async function* ({ signal }) {
        signal.addEventListener('abort', () => aborted.push('aborted'));
        for (let n = 0; ; n += 1) {
          await new Promise<void>((resolve, reject) => {
            clock.after(1_000 * n, resolve);
            signal.addEventListener('abort', () => reject(signal.reason));
          });
          yield n;
        }
      }),
    },
  });
  const clock = testClock();
  const { troupe } = await teamOf([bot], { clock });
  const controller = new AbortController();
  for (const options of [{ timeout: 2_500 }, { signal: controller.signal }]) {
    const seen: unknown[] = [];
    const ended = refused(
      (async () => {
        for await (const part of troupe.askStream(bot, { type: 'slow' }, options)) seen.push(part);
      })(),
    );
    await clock.advance(10_000);
    if ('signal' in options) controller.abort();
    const { code } = await ended;
    expect([code, seen]).toEqual(
      'timeout' in options ? ['ASK_TIMEOUT', [0, 1, 2]] : ['ASK_CANCELLED', [0, 1, 2, 3, 4]],
    );
  }
  await clock.quiet();
  expect(aborted).toEqual(['aborted', 'aborted']);
});

test('what is refused is refused at the first part, and after a stop', async () => {
  const { bot } = counter();
  const { troupe } = await teamOf([bot]);
  const first = (to: string, type: string) => refused(troupe.askStream(to, { type }).next());
  expect(await first('nobody', 'x')).toMatchObject({ code: 'UNKNOWN_RECIPIENT' });
  expect(await first('counter', 'x')).toMatchObject({ code: 'UNKNOWN_MESSAGE_TYPE' });
  await troupe.stop();
  expect(await first('counter', 'plain')).toMatchObject({ code: 'STOPPED' });
});

test('given a restart, then nobody takes the parts: the handler does not run again', async () => {
  const journal = newFile();
  const clock = testClock();
  const before = counter();
  const first = await teamOf([before.bot], { journal, clock });
  const parts = first.troupe.askStream(before.bot, { type: 'count', payload: 1_000 });
  expect((await parts.next()).value).toEqual({ n: 1 });
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  const after = counter();
  const { troupe } = await teamOf([after.bot], { journal, clock });
  await clock.quiet();
  expect(after.given).toEqual([]);
  expect(await troupe.deadLetters.list()).toMatchObject([
    { reason: 'failed', detail: expect.stringMatching(/^TERMINAL: nobody takes/) },
  ]);
  await parts.return();
});

test('property: however parts are given and taken, each comes once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(30), { maxLength: 2 }),
      fc.nat(40),
      fc.array(fc.nat(3), { maxLength: 40 }),
      fc.option(fc.nat(40)),
      async (failsAt, length, pauses, stopAt) => {
        const bot = defineBot({
          id: 'bot',
          retry: { attempts: 3, backoff: 0 },
          on: {
            go: handler(z.unknown(), async function* ({ attempt }) {
              for (let n = 0; n < length; n += 1) {
                if (failsAt[attempt - 1] === n) throw new Error('again');
                yield n;
              }
            }),
          },
        });
        const { troupe, clock } = await teamOf([bot]);
        const seen: number[] = [];
        const taking = (async () => {
          for await (const part of troupe.askStream(bot, { type: 'go' })) {
            seen.push(part);
            for (let pause = pauses[part] ?? 0; pause > 0; pause -= 1) await clock.quiet();
            if (seen.length === stopAt) break;
          }
        })();
        let isDone = false;
        void taking.finally(() => {
          isDone = true;
        });
        while (!isDone) await clock.advance(1);
        await taking;
        const expected = stopAt === null || stopAt === 0 ? length : Math.min(length, stopAt);
        expect(seen).toEqual(Array.from({ length: expected }, (_, n) => n));
        await clock.quiet();
        expect(await troupe.deadLetters.list()).toEqual([]);
        await troupe.stop();
      },
    ),
    { numRuns: 60 },
  );
});
