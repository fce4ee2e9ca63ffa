/** Full mailboxes: refuse, wait, or drop the oldest; memory has a bound, and nothing vanishes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Bot, defineBot, handler, memoryJournal, type Troupe } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refusal, refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

type WhenFull = 'reject' | 'wait' | 'drop-oldest';

/** A bot with one slot, whose handlers end when they are let go, one by one. */
function desk(whenFull: WhenFull, capacity = 2) {
  const notes: unknown[] = [];
  const gates: (() => void)[] = [];
  const bot = defineBot({
    id: 'desk',
    concurrency: 1,
    retry: false,
    mailbox: { capacity, whenFull },
    on: {
      note: handler(z.unknown(), async ({ payload }) => {
        notes.push(payload);
        await new Promise<void>((resolve) => void gates.push(resolve));
        return payload;
      }),
    },
  });
  return { bot, notes, next: () => gates.shift()?.() };
}

const send = (troupe: Troupe, payload: unknown, priority = 5, options = {}): Promise<void> =>
  troupe.send('desk', { type: 'note', payload, priority }, options);

test("a bot's own capacity counts, else that of the limits", async () => {
  const { bot } = desk('reject', 1);
  const plain = defineBot({
    id: 'plain',
    concurrency: 1,
    on: { note: handler(z.unknown(), () => new Promise(() => {})) },
  });
  const { troupe, clock } = await teamOf([bot, plain], { limits: { mailboxMessages: 2 } });
  for (const to of ['desk', 'plain']) await troupe.send(to, { type: 'note' });
  await clock.quiet();
  for (const [to, capacity] of [
    ['desk', 1],
    ['plain', 2],
  ] as const) {
    for (let n = 0; n < capacity; n += 1) await troupe.send(to, { type: 'note' });
    expect(await refused(troupe.send(to, { type: 'note' }))).toEqual({
      code: 'MAILBOX_FULL',
      to: `bot/${to}`,
      capacity,
    });
  }
});

test.each<[unknown, string]>([
  [{ capacity: 0 }, 'mailbox.capacity'],
  [{ whenFull: 'panic' }, 'mailbox.whenFull'],
  [{ size: 1 }, 'mailbox.size'],
  [7, 'mailbox'],
])('the option mailbox: %j is refused', (mailbox, field) => {
  const options = { id: 'bot', on: {}, work: () => 1, mailbox };
  expect(refusal(() => Reflect.apply(defineBot, undefined, [options]))).toMatchObject({
    code: 'BAD_OPTION',
    field,
  });
});

test('senders wait for room, first come, first in', async () => {
  const { bot, notes, next } = desk('wait');
  const { troupe, clock } = await teamOf([bot], { limits: { groupTurns: 2 } });
  const done: number[] = [];
  for (let n = 0; n < 9; n += 1) void send(troupe, n).then(() => done.push(n));
  await clock.quiet();
  expect(done.length).toBeLessThanOrEqual(3);
  for (let n = 9; n < 12; n += 1) void send(troupe, n).then(() => done.push(n));
  for (let n = 0; n < 12; n += 1) {
    next();
    await clock.quiet();
    expect(done.length - notes.length).toBeLessThanOrEqual(2);
  }
  const all = Array.from({ length: 12 }, (_, n) => n);
  expect([notes, done]).toEqual([all, all]);
});

test('waiting for room ends by time, by signal and by a stop; nothing is sent then', async () => {
  const { bot, notes, next } = desk('wait', 1);
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await send(troupe, 'held');
  await clock.quiet();
  await send(troupe, 'waits');
  const controller = new AbortController();
  const timed = refused(send(troupe, 'timed', 5, { timeout: '1s' }));
  const aborted = refused(send(troupe, 'aborted', 5, { signal: controller.signal }));
  const patient = refused(send(troupe, 'patient'));
  const asked = refused(troupe.ask(bot, { type: 'note', payload: 'asked' }, { timeout: '2s' }));
  await clock.advance(1_000);
  controller.abort();
  const what = 'room in the mailbox of bot/desk';
  expect(await timed).toEqual({ code: 'WAIT_TIMEOUT', what, afterMs: 1_000 });
  expect(await aborted).toEqual({ code: 'WAIT_ABORTED', what });
  await clock.advance(1_000);
  expect(await asked).toMatchObject({ code: 'ASK_TIMEOUT' });
  const stopped = troupe.stop({ deadline: '1s' });
  expect(await patient).toMatchObject({ code: 'STOPPED' });
  next();
  await clock.advance(1_000);
  await stopped;
  expect(notes.filter((note) => note !== 'held' && note !== 'waits')).toEqual([]);
  expect(await refused(send(troupe, 'late', 5, { timeout: -1 }))).toMatchObject({
    code: 'STOPPED',
  });
});

test('room that no turn made is noticed: what waited has expired', async () => {
  const { bot, notes, next } = desk('wait', 1);
  const { troupe, clock } = await teamOf([bot]);
  await send(troupe, 'held');
  await clock.quiet();
  const short = troupe.ask(bot, { type: 'note', payload: 'short' }, { timeout: '1s' });
  const ended = refused(short);
  await clock.quiet();
  let isIn = false;
  const sent = send(troupe, 'next').then(() => {
    isIn = true;
  });
  await clock.advance(900);
  expect(isIn).toBe(false);
  await clock.advance(2_000);
  expect(await ended).toMatchObject({ code: 'ASK_TIMEOUT' });
  expect(isIn).toBe(true);
  await sent;
  next();
  await clock.quiet();
  expect(notes).toEqual(['held', 'next']);
});

test('given a crash while a sender is let in, then it is refused', async () => {
  const { bot, next } = desk('wait', 1);
  let crashAt = Number.POSITIVE_INFINITY;
  const disk = simulatedDisk({
    onCommit: (commit) => {
      if (commit >= crashAt) throw new RangeError('crash');
    },
  });
  const { troupe, clock } = await teamOf([bot], { journal: disk.open() });
  for (const n of [1, 2]) await send(troupe, n).then(() => clock.quiet());
  let end: unknown;
  send(troupe, 3).catch((error) => {
    end = error.code;
  });
  await clock.quiet();
  // The commit that notes the end of the handler is whole, the one that lets the sender in is not.
  crashAt = disk.commits + 2;
  next();
  await clock.advance(5_000);
  expect(end).toBe('JOURNAL_FAILED');
});

test('an ask waits for room too, and is answered', async () => {
  const { bot, next } = desk('wait', 1);
  const { troupe, clock } = await teamOf([bot]);
  const replies = [1, 2, 3, 4].map((payload) => troupe.ask(bot, { type: 'note', payload }));
  for (let n = 0; n < 4; n += 1) {
    await clock.quiet();
    next();
  }
  expect(await Promise.all(replies)).toEqual([1, 2, 3, 4]);
});

test('work waits for room, and what it sends is sent once', async () => {
  const { bot, notes, next } = desk('wait', 1);
  const sender = defineBot({
    id: 'sender',
    retry: { attempts: 2, backoff: 0 },
    async work({ send, ask, attempt }) {
      for (const payload of [1, 2, 3]) await send(bot, { type: 'note', payload });
      if (attempt === 1) throw new Error('again');
      return ask(bot, { type: 'note', payload: 4 });
    },
  });
  const { troupe, clock } = await teamOf([bot, sender]);
  const run = await troupe.start(sender, undefined);
  for (let n = 0; n < 6; n += 1) {
    await clock.advance(10);
    next();
  }
  await clock.quiet();
  expect(await run.result()).toBe(4);
  expect(notes).toEqual([1, 2, 3, 4]);
});

test('given a cancelled run, then what it waited to send is not sent', async () => {
  const { bot, notes, next } = desk('wait', 1);
  const sender = defineBot({ id: 'sender', work: ({ send }) => send(bot, { type: 'note' }) });
  const { troupe, clock } = await teamOf([bot, sender]);
  for (const n of [1, 2]) await send(troupe, n).then(() => clock.quiet());
  const run = await troupe.start(sender, undefined);
  await clock.quiet();
  await run.cancel();
  for (let n = 0; n < 3; n += 1) {
    next();
    await clock.quiet();
  }
  expect(notes).toEqual([1, 2]);
});

test('a handler that would wait for room behind itself is refused at once', async () => {
  const codes: unknown[] = [];
  const bot: Bot = defineBot({
    id: 'loop',
    concurrency: 1,
    mailbox: { capacity: 1, whenFull: 'wait' },
    on: {
      note: handler(z.unknown(), async ({ send, ask }) => {
        await send('loop', { type: 'end' });
        const code = (error: unknown): void => void codes.push(Object(error).code);
        await send('loop', { type: 'end' }).catch(code);
        await ask('loop', { type: 'end' }).catch(code);
      }),
      end: handler(z.unknown(), () => undefined),
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  expect(codes).toEqual(['MAILBOX_FULL', 'ASK_DEADLOCK']);
});

test('a line has a bound, too', async () => {
  const { bot } = desk('wait', 1);
  const { troupe, clock } = await teamOf([bot]);
  await send(troupe, 0);
  await clock.quiet();
  const senders = Array.from({ length: 10_100 }, (_, n) => send(troupe, n));
  const settled = Promise.allSettled(senders);
  await clock.quiet();
  const stopped = troupe.stop({ deadline: 0 });
  await clock.advance(0);
  await stopped;
  const codes = (await settled).map((one) => (one.status === 'rejected' ? one.reason.code : 'in'));
  const counts = Object.groupBy(codes, (code) => code);
  expect(counts.in).toHaveLength(1);
  expect(counts.STOPPED).toHaveLength(10_000);
  expect(counts.MAILBOX_FULL).toHaveLength(99);
});

test('the oldest of the lowest priority makes room, and whoever asked it is told', async () => {
  const { bot, notes, next } = desk('drop-oldest', 3);
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await send(troupe, 'held');
  await clock.quiet();
  const dropped = refused(troupe.ask(bot, { type: 'note', payload: 'a', priority: 3 }));
  await clock.quiet();
  await send(troupe, 'b', 3);
  await send(troupe, 'c', 9);
  await send(troupe, 'd', 5);
  expect(await dropped).toEqual({ code: 'ASK_DROPPED', to: 'bot/desk', type: 'note' });
  await send(troupe, 'e', 1);
  await send(troupe, 'f', 1);
  for (let n = 0; n < 4; n += 1) {
    next();
    await clock.quiet();
  }
  expect(notes).toEqual(['held', 'c', 'd', 'f']);
  const letters = journal.deadLetters(9);
  expect(letters.map(({ body }) => JSON.parse(body).envelope.payload)).toEqual(['a', 'b', 'e']);
  expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['mailbox-full']));
});

test('what is dropped can be delivered again', async () => {
  const { bot, notes, next } = desk('drop-oldest', 1);
  const { troupe, clock } = await teamOf([bot]);
  for (const n of [0, 1, 2]) await send(troupe, n).then(() => clock.quiet());
  await troupe.deadLetters.redeliver(1);
  for (let n = 0; n < 3; n += 1) {
    next();
    await clock.quiet();
  }
  expect(notes).toEqual([0, 1]);
  expect(await troupe.deadLetters.list()).toMatchObject([
    { reason: 'mailbox-full', message: { payload: 2 } },
  ]);
});

test.each<WhenFull>(['reject', 'wait', 'drop-oldest'])(
  'given a flood of one slow bot, then memory has a bound and nothing vanishes (%s)',
  async (whenFull) => {
    const seen: number[] = [];
    const capacity = 50;
    const slow = defineBot({
      id: 'desk',
      concurrency: 1,
      mailbox: { capacity, whenFull },
      on: {
        note: handler(z.number(), async ({ payload, signal }) => {
          seen.push(payload);
          await new Promise((resolve) => void (signal.aborted || setImmediate(resolve)));
        }),
      },
    });
    const journal = memoryJournal({ rows: Number.POSITIVE_INFINITY });
    const { troupe, clock } = await teamOf([slow], { journal });
    const flood = 8_000;
    let refusals = 0;
    let most = 0;
    const sends: Promise<void>[] = [];
    for (let n = 0; n < flood; n += 1) {
      const sent = send(troupe, n).catch(() => {
        refusals += 1;
      });
      sends.push(sent);
      if (n % 500 === 0) {
        await clock.quiet();
        most = Math.max(most, journal.waiting().length);
      }
    }
    await Promise.all(sends);
    await clock.quiet();
    expect(most).toBeLessThanOrEqual(capacity);
    const dead = await troupe.deadLetters.list({ reason: 'mailbox-full', limit: flood });
    expect(seen.length + refusals + dead.length).toBe(flood);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    if (whenFull === 'wait') expect(seen).toHaveLength(flood);
    if (whenFull !== 'reject') expect(refusals).toBe(0);
    if (whenFull !== 'drop-oldest') expect(dead).toEqual([]);
  },
);

test('property: whatever is sent, each message is handled, dead or refused, once', async () => {
  const deed = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('send'), priority: fc.nat(10) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('ask'), priority: fc.nat(10) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('next'), priority: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('quiet'), priority: fc.constant(0) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<WhenFull>('reject', 'wait', 'drop-oldest'),
      fc.integer({ min: 1, max: 3 }),
      fc.array(deed, { maxLength: 40 }),
      async (whenFull, capacity, deeds) => {
        const { bot, notes, next } = desk(whenFull, capacity);
        const { troupe, clock } = await teamOf([bot]);
        const codes: string[] = [];
        const replies: unknown[] = [];
        let sent = 0;
        for (const { do: what, priority } of deeds) {
          if (what === 'next') next();
          else if (what === 'quiet') await clock.quiet();
          else if (what === 'send') {
            const payload = sent++;
            send(troupe, payload, priority).catch((error) => codes.push(error.code));
          } else {
            const payload = sent++;
            troupe
              .ask(bot, { type: 'note', payload, priority }, { timeout: '1d' })
              .then((reply) => replies.push([reply, payload]))
              .catch((error) => codes.push(error.code));
          }
        }
        for (let n = 0; n <= sent; n += 1) {
          await clock.quiet();
          next();
        }
        await clock.quiet();
        const letters = await troupe.deadLetters.list({ limit: 100 });
        const dead = letters.map(({ message }) => Number(message?.payload));
        const refusedCount = codes.filter((code) => code === 'MAILBOX_FULL').length;
        expect(new Set(letters.map(({ reason }) => reason)).size).toBeLessThanOrEqual(1);
        expect(new Set([...notes, ...dead]).size).toBe(notes.length + dead.length);
        expect(notes.length + dead.length + refusedCount).toBe(sent);
        for (const pair of replies) expect(Object(pair)[0]).toBe(Object(pair)[1]);
        await troupe.stop();
      },
    ),
    { numRuns: 150 },
  );
});
