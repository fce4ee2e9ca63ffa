/**
 * Asking from outside and in handlers: the reply, or a typed reason why there is none; never a
 * wait without end.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineBot,
  handler,
  isTroupeError,
  memoryJournal,
  TerminalError,
} from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused, refusedError } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

const trader = defineBot({
  id: 'trader',
  on: {
    quote: handler(z.object({ symbol: z.string() }), ({ payload }) => ({
      cents: payload.symbol.length,
    })),
    nothing: handler(z.unknown(), () => undefined),
    date: handler(z.unknown(), () => new Date(0)),
    fail: handler(z.unknown(), () => {
      throw new TerminalError('no such paper', { cause: new RangeError('deep') });
    }),
  },
});

/** A bot whose handler waits until it is let go. */
function slow(options: { id?: string; concurrency?: number } = {}) {
  const held = Promise.withResolvers<string>();
  const calls: unknown[] = [];
  const bot = defineBot({
    id: options.id ?? 'slow',
    concurrency: options.concurrency ?? 1,
    on: {
      ask: handler(z.unknown(), ({ payload }) => {
        calls.push(payload);
        return held.promise;
      }),
    },
  });
  return { bot, calls, answer: held.resolve };
}

/** Calls what the types would not let through, as JavaScript can. */
const askLoosely = ({ troupe }: Team, ...given: unknown[]): Promise<unknown> =>
  Reflect.apply(troupe.ask, troupe, given);

test("a handler's return value is the reply", async () => {
  const { troupe } = await teamOf([trader]);
  const { cents } = await troupe.ask(trader, { type: 'quote', payload: { symbol: 'ABC' } });
  expect(cents).toBe(3);
  expect(await troupe.ask('trader', { type: 'nothing' })).toBeUndefined();
});

test('a reply is kept in the journal with the end of its handler', async () => {
  const journal = memoryJournal();
  const { troupe } = await teamOf([trader], { journal });
  await troupe.ask(trader, { type: 'quote', payload: { symbol: 'ABC' } });
  const handled = journal.rows(0, 99).find(({ type }) => type === 'message.handled');
  expect(JSON.parse(handled?.body ?? '')).toMatchObject({ reply: { cents: 3 } });
});

test.each<[unknown[], object]>([
  [['nobody', { type: 'x' }], { code: 'UNKNOWN_RECIPIENT', to: 'bot/nobody' }],
  [[trader, { type: 'x' }], { code: 'UNKNOWN_MESSAGE_TYPE' }],
  [[trader, { type: 'quote', payload: {} }], { code: 'INVALID' }],
  [[trader, { type: 'nothing', payload: Number.NaN }], { code: 'NOT_JSON' }],
  [[trader, { type: 'nothing', expiresIn: 0 }], { code: 'EXPIRED' }],
  [[trader, { type: 'nothing' }, { timeout: 0 }], { code: 'BAD_OPTION', field: 'timeout' }],
  [[trader, { type: 'nothing' }, { patience: 1 }], { code: 'BAD_OPTION', field: 'patience' }],
  [[trader, { type: 'nothing' }, { signal: 1 }], { code: 'BAD_OPTION', field: 'signal' }],
  [[7, { type: 'x' }], { code: 'BAD_OPTION', field: 'to' }],
])('the ask %# is refused', async (given, refusal) => {
  const team = await teamOf([trader]);
  expect(await refused(askLoosely(team, ...given))).toMatchObject(refusal);
});

test('a handler that fails for good fails the ask, with its failure', async () => {
  const journal = memoryJournal();
  const { troupe } = await teamOf([trader], { journal });
  const error = await refusedError(troupe.ask(trader, { type: 'fail' }));
  expect(error).toMatchObject({
    code: 'HANDLER_FAILED',
    data: { to: 'bot/trader', type: 'fail', failure: { code: 'TERMINAL', cause: {} } },
    cause: { code: 'TERMINAL', message: expect.stringContaining('no such paper') },
  });
  expect(journal.deadLetters(9)).toMatchObject([{ reason: 'failed' }]);
});

test('a reply that is no JSON fails its handler, once', async () => {
  const journal = memoryJournal();
  const { troupe } = await teamOf([trader], { journal });
  expect(await refused(troupe.ask(trader, { type: 'date' }))).toMatchObject({
    code: 'HANDLER_FAILED',
    failure: { code: 'NOT_JSON' },
  });
  expect(journal.deadLetters(9)).toMatchObject([{ reason: 'failed' }]);
});

test('a handler that fails at first answers when it succeeds', async () => {
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 3, backoff: 100 },
    on: {
      ask: handler(z.unknown(), ({ attempt }) => {
        if (attempt < 3) throw new Error('again');
        return attempt;
      }),
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  const reply = troupe.ask(bot, { type: 'ask' });
  await clock.advance(1_000);
  expect(await reply).toBe(3);
});

test('given no reply in time, then the ask ends; the late reply is a dead letter', async () => {
  const { bot, answer } = slow();
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  const asked = refused(troupe.ask(bot, { type: 'ask' }));
  const short = refused(troupe.ask(bot, { type: 'ask', payload: 2 }, { timeout: '2s' }));
  await clock.advance(2_000);
  const facts = { to: 'bot/slow', type: 'ask' };
  expect(await short).toEqual({ code: 'ASK_TIMEOUT', ...facts, afterMs: 2_000 });
  expect(journal.deadLetters(9)).toMatchObject([{ to: 'bot/slow', reason: 'withdrawn' }]);
  await clock.advance(58_000);
  expect(await asked).toEqual({ code: 'ASK_TIMEOUT', ...facts, afterMs: 60_000 });
  answer('late');
  await clock.quiet();
  const [, letter] = journal.deadLetters(9);
  expect(letter).toMatchObject({ reason: 'unknown-recipient', type: 'message' });
  expect(JSON.parse(letter?.body ?? '').envelope).toMatchObject({
    type: 'response',
    from: 'bot/slow',
    payload: 'late',
    responseTo: expect.any(String),
  });
});

test('given a signal, then the ask is cancelled, and what waits is taken back', async () => {
  const { bot, calls, answer } = slow();
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  const held = troupe.ask(bot, { type: 'ask', payload: 'held' });
  await clock.quiet();
  const controller = new AbortController();
  const { signal } = controller;
  const asked = refusedError(troupe.ask(bot, { type: 'ask', payload: 'mine' }, { signal }));
  await clock.quiet();
  controller.abort(new Error('enough'));
  const error = await asked;
  expect(error).toMatchObject({ code: 'ASK_CANCELLED', cause: { message: 'enough' } });
  expect(await refused(troupe.ask(bot, { type: 'ask' }, { signal }))).toMatchObject({
    code: 'ASK_CANCELLED',
  });
  answer('yes');
  expect(await held).toBe('yes');
  await clock.quiet();
  expect(calls).toEqual(['held']);
  expect(journal.deadLetters(9).map(({ reason }) => reason)).toEqual(['withdrawn']);
});

test('what expires while it waits ends the ask; what is handled by then does not', async () => {
  const { bot, answer } = slow();
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  const held = troupe.ask(bot, { type: 'ask', expiresIn: '1s' });
  await clock.quiet();
  const late = refused(troupe.ask(bot, { type: 'ask', expiresIn: '1s' }));
  await clock.advance(1_000);
  expect(await late).toEqual({ code: 'EXPIRED', to: 'bot/slow' });
  answer('in time');
  expect(await held).toBe('in time');
  expect(journal.deadLetters(9).map(({ reason }) => reason)).toEqual(['expired']);
});

test('given a stop, then whoever waits is told; a handler that ends in time answers', async () => {
  const first = slow({ id: 'first' });
  const second = slow({ id: 'second' });
  const { troupe, clock } = await teamOf([first.bot, second.bot]);
  const answered = troupe.ask(first.bot, { type: 'ask' });
  const refusedAsk = refused(troupe.ask(second.bot, { type: 'ask' }));
  await clock.quiet();
  const stopped = troupe.stop({ deadline: '1s' });
  await clock.quiet();
  first.answer('in time');
  expect(await answered).toBe('in time');
  await clock.advance(1_000);
  await stopped;
  expect(await refusedAsk).toMatchObject({ code: 'STOPPED' });
  expect(await refused(troupe.ask(first.bot, { type: 'ask' }))).toMatchObject({ code: 'STOPPED' });
});

test('given a restart, then the reply to the asker that is gone is a dead letter', async () => {
  const journal = newFile();
  const clock = testClock();
  const before = slow();
  const first = await teamOf([before.bot], { journal, clock });
  const asked = refused(first.troupe.ask(before.bot, { type: 'ask' }));
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  expect(await asked).toMatchObject({ code: 'STOPPED' });
  const after = slow();
  const { troupe } = await teamOf([after.bot], { journal, clock });
  after.answer('to nobody');
  await clock.quiet();
  expect(after.calls).toHaveLength(1);
  await troupe.stop();
  const { openReader } = await import('../../src/journal/index.ts');
  const reader = await openReader(journal);
  expect(reader.deadLetters(9)).toMatchObject([
    { to: expect.stringMatching(/^client\//), reason: 'unknown-recipient' },
  ]);
  reader.close();
});

test('a handler asks another bot', async () => {
  const front = defineBot({
    id: 'front',
    on: {
      total: handler(z.array(z.string()), async ({ payload, ask }) => {
        const quotes = payload.map((symbol) => ask(trader, { type: 'quote', payload: { symbol } }));
        const cents = await Promise.all(quotes);
        return cents.reduce((sum, quote) => sum + quote.cents, 0);
      }),
    },
  });
  const { troupe } = await teamOf([front, trader]);
  expect(await troupe.ask(front, { type: 'total', payload: ['A', 'BC'] })).toBe(3);
});

test('what a handler did not wait for is cancelled at its end', async () => {
  const { bot, calls, answer } = slow();
  const careless = defineBot({
    id: 'careless',
    on: {
      go: handler(z.unknown(), ({ ask }) => {
        void ask(bot, { type: 'ask', payload: 1 });
        void ask(bot, { type: 'ask', payload: 2 });
      }),
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot, careless], { journal });
  const held = troupe.ask(bot, { type: 'ask', payload: 'held' });
  await clock.quiet();
  await troupe.ask(careless, { type: 'go' });
  await clock.quiet();
  answer('');
  await held;
  await clock.quiet();
  expect(calls).toEqual(['held']);
});

test('a reply is its own: what the asker does to it reaches nobody', async () => {
  const shared = { list: [1] };
  const bot = defineBot({ id: 'bot', on: { ask: handler(z.unknown(), () => shared) } });
  const { troupe } = await teamOf([bot]);
  const reply = await troupe.ask(bot, { type: 'ask' });
  reply.list.push(2);
  expect(shared).toEqual({ list: [1] });
  expect(await troupe.ask(bot, { type: 'ask' })).toEqual({ list: [1] });
});

test('given a journal that fails, then whoever waits is told', async () => {
  const journal = memoryJournal();
  const { bot } = slow();
  const { troupe, clock } = await teamOf([bot], {
    journal: {
      ...journal,
      commit(batch) {
        if (batch.rows.some(({ body }) => body.includes('"break"'))) throw new Error('disk gone');
        journal.commit(batch);
      },
    },
  });
  const waiting = troupe.ask(bot, { type: 'ask' }).catch((error: unknown) => error);
  await clock.quiet();
  const breaking = troupe.ask(bot, { type: 'ask', payload: 'break' }).catch((error) => error);
  const another = defineBot({ id: 'b', on: { x: handler(z.unknown(), () => 1) } });
  await clock.quiet();
  await troupe.register(another).catch(() => undefined);
  const third = troupe.ask('b', { type: 'x', payload: 'break' }).catch((error: unknown) => error);
  for (const one of [waiting, breaking, third]) {
    expect(isTroupeError(await one)).toBe(true);
  }
});
