/** Inboxes: looking at what waits, throwing it away, and taking it by hand. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Bot, defineBot, type Envelope, handler, memoryJournal } from '../../../src/index.ts';
import { refusal, refused } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

type Options = Partial<Parameters<typeof defineBot>[0]>;

/** A person: `note` waits to be received, `call` is pushed to a handler that never ends. */
const person = (options: Pick<Options, 'mailbox'> = {}) =>
  defineBot({
    id: 'ann',
    concurrency: 1,
    retry: false,
    ...options,
    on: {
      note: handler(z.number()),
      call: handler(z.unknown(), () => new Promise(() => {})),
    },
  });

const note = (payload: number, rest: object = {}) => ({ type: 'note', payload, ...rest });
const payloads = (messages: readonly (Envelope | undefined)[]) =>
  messages.map((message) => message?.payload);

test('what waits is seen, oldest first, pushed and pulled; nothing is taken', async () => {
  const { troupe, clock } = await teamOf([person()]);
  const inbox = troupe.inbox('ann');
  for (const payload of [0, 1]) await troupe.send('ann', { type: 'call', payload });
  await troupe.send('ann', note(2, { priority: 1 }));
  await troupe.send('ann', note(3, { priority: 9, metadata: { from: 'a test' } }));
  await troupe.send('ann', { type: 'call', payload: 4, priority: 10 });
  await troupe.send('ann', note(5, { expiresIn: 10 }));
  await clock.quiet();
  const seen = await inbox.peek();
  expect(payloads(seen)).toEqual([1, 2, 3, 4, 5]);
  expect(seen[2]).toMatchObject({
    version: 1,
    type: 'note',
    to: 'inbox/ann',
    priority: 9,
    metadata: { from: 'a test' },
  });
  const first = seen[1];
  if (first !== undefined) first.payload = 'changed';
  expect(payloads(await inbox.peek(2))).toEqual([1, 2]);
  expect(await inbox.count()).toBe(5);
  await clock.advance(10);
  expect(payloads(await inbox.peek())).toEqual([1, 2, 3, 4]);
  expect(await inbox.count()).toBe(4);
});

test('the next message is the one of the highest priority, the oldest of those', async () => {
  const { troupe } = await teamOf([person()]);
  const inbox = troupe.inbox(person());
  for (const payload of [1, 2]) await troupe.send('ann', note(payload));
  for (const payload of [3, 4]) await troupe.send('ann', note(payload, { priority: 10 }));
  await troupe.send('ann', note(5, { expiresIn: 10 }));
  const taken: (Envelope | undefined)[] = [];
  for (let n = 0; n < 3; n += 1) taken.push(await inbox.receive());
  expect(payloads(taken)).toEqual([3, 4, 1]);
  expect(taken[0]).toMatchObject({ type: 'note', to: 'inbox/ann', priority: 10 });
  expect(await inbox.count()).toBe(2);
});

test('a receiver waits for a message, for a time, or for its signal', async () => {
  const { troupe, clock } = await teamOf([person()]);
  const inbox = troupe.inbox('ann');
  expect(await Promise.all([inbox.receive({ timeout: 0 }), clock.advance(0)])).toEqual([
    undefined,
    undefined,
  ]);
  const short = inbox.receive({ timeout: '1s' });
  const controller = new AbortController();
  const aborted = refused(inbox.receive({ signal: controller.signal }));
  const patient = inbox.receive();
  await clock.advance(1_000);
  expect(await short).toBeUndefined();
  controller.abort();
  expect(await aborted).toMatchObject({ code: 'WAIT_ABORTED' });
  await troupe.send('ann', note(1));
  expect((await patient)?.payload).toBe(1);
  await troupe.send('ann', note(2));
  const late = inbox.receive({ signal: controller.signal });
  expect(await refused(late)).toMatchObject({ code: 'WAIT_ABORTED' });
  expect(await inbox.count()).toBe(1);
});

test('receivers are served first come, first served', async () => {
  const { troupe, clock } = await teamOf([person()]);
  const inbox = troupe.inbox('ann');
  const got: unknown[] = [];
  for (const name of ['a', 'b', 'c']) {
    void inbox.receive().then((message) => got.push([name, message?.payload]));
  }
  await clock.quiet();
  await troupe.sendAll([1, 2].map((payload) => ({ to: 'ann', ...note(payload) })));
  await troupe.send('ann', note(3));
  await troupe.send('ann', note(4));
  await clock.quiet();
  expect(got).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  expect(payloads(await inbox.peek())).toEqual([4]);
});

test('a clear sends all that waits to the dead letters, and tells who asked', async () => {
  const { troupe, clock } = await teamOf([person()]);
  const inbox = troupe.inbox('ann');
  await troupe.send('ann', { type: 'call', payload: 'held' });
  await clock.quiet();
  await troupe.send('ann', note(1));
  await troupe.send('ann', { type: 'call', payload: 2 });
  const asked = refused(troupe.ask('ann', { type: 'call', payload: 3 }));
  await troupe.send('ann', note(4, { expiresIn: 10 }));
  await clock.advance(10);
  expect(await inbox.clear()).toBe(3);
  expect(await asked).toMatchObject({ code: 'ASK_DROPPED' });
  expect([await inbox.count(), await inbox.clear()]).toEqual([0, 0]);
  const letters = await troupe.deadLetters.list({ reason: 'withdrawn' });
  expect(letters.map(({ to, message }) => [to, message?.payload]).toReversed()).toEqual([
    ['inbox/ann', 1],
    ['bot/ann', 2],
    ['bot/ann', 3],
  ]);
  expect(await troupe.deadLetters.list({ to: 'ann' })).toHaveLength(3);
  await troupe.deadLetters.redeliver(letters.at(-1)?.id ?? 0);
  expect((await inbox.receive())?.payload).toBe(1);
});

test('runs that wait for a slot of the bot stay when its inbox is cleared', async () => {
  const bot = defineBot({
    id: 'ann',
    concurrency: 1,
    work: ({ step }) => step('wait', (): Promise<null> => new Promise(() => {})),
    on: { note: handler(z.number()) },
  });
  const { troupe, clock } = await teamOf([bot]);
  for (const id of ['a', 'b']) await troupe.start(bot, undefined, { id });
  await clock.quiet();
  await troupe.send('ann', note(1));
  expect(await troupe.inbox(bot).count()).toBe(1);
  expect(await troupe.inbox(bot).clear()).toBe(1);
  await (await troupe.get(bot, 'a'))?.cancel();
  await clock.advance(5_000);
  expect((await (await troupe.get(bot, 'b'))?.snapshot())?.status).toBe('IN_PROGRESS');
});

test.each(['reject', 'wait', 'drop-oldest'] as const)(
  'the bound of the mailbox holds for an inbox (%s)',
  async (whenFull) => {
    const { troupe, clock } = await teamOf([person({ mailbox: { capacity: 2, whenFull } })]);
    const inbox = troupe.inbox('ann');
    const ends: unknown[] = [];
    for (const payload of [1, 2, 3]) {
      const sent = troupe.send('ann', note(payload));
      void sent.then(
        () => ends.push(payload),
        (error) => ends.push(error.code),
      );
      await clock.quiet();
    }
    expect(await inbox.count()).toBe(2);
    const refusedEnd = whenFull === 'reject' ? ['MAILBOX_FULL'] : [3];
    expect(ends).toEqual([1, 2, ...(whenFull === 'wait' ? [] : refusedEnd)]);
    const taken = [await inbox.receive(), await inbox.receive()];
    await clock.quiet();
    expect(payloads(taken)).toEqual(whenFull === 'drop-oldest' ? [2, 3] : [1, 2]);
    expect(await inbox.count()).toBe(whenFull === 'wait' ? 1 : 0);
  },
);

test('nobody answers a type without code, so nobody may ask', async () => {
  const codes: unknown[] = [];
  const asker = defineBot({
    id: 'asker',
    work: ({ ask }) => ask('ann', note(1)).catch((error) => codes.push(error.code)),
    on: {
      go: handler(z.unknown(), ({ ask }) =>
        ask('ann', note(1)).catch((error) => void codes.push(error.code)),
      ),
    },
  });
  const { troupe, clock } = await teamOf([person(), asker]);
  const wanted = { code: 'ASK_PULLED', to: 'inbox/ann', type: 'note' };
  expect(await refused(troupe.ask('ann', note(1)))).toEqual(wanted);
  expect(await refused(troupe.askStream('ann', note(1)).next())).toEqual(wanted);
  await troupe.run(asker, undefined);
  await troupe.send('asker', { type: 'go' });
  await clock.quiet();
  expect(codes).toEqual(['ASK_PULLED', 'ASK_PULLED']);
  expect(await troupe.inbox('ann').count()).toBe(0);
});

test('payloads are checked at the door; what is sent by work and handlers waits, too', async () => {
  const sender = defineBot({ id: 'sender', work: ({ send }) => send('ann', note(7)) });
  const { troupe } = await teamOf([person(), sender]);
  expect(await refused(troupe.send('ann', { type: 'note', payload: 'x' }))).toMatchObject({
    code: 'INVALID',
  });
  await troupe.run(sender, undefined);
  const taken = await troupe.inbox('ann').receive();
  expect([taken?.payload, taken?.from.startsWith('run/sender/')]).toEqual([7, true]);
});

test('a stop refuses those who wait, and all calls after it', async () => {
  const { troupe, clock } = await teamOf([person()]);
  const inbox = troupe.inbox('ann');
  const waiting = refused(inbox.receive());
  await clock.quiet();
  await troupe.stop();
  for (const call of [waiting, refused(inbox.receive()), refused(inbox.count())]) {
    expect(await call).toMatchObject({ code: 'STOPPED' });
  }
  expect(await refused(inbox.peek())).toMatchObject({ code: 'STOPPED' });
  expect(await refused(inbox.clear())).toMatchObject({ code: 'STOPPED' });
});

test('misuse is refused, naming what is wrong', async () => {
  const pushed = defineBot({ id: 'pushed', on: { go: handler(z.unknown(), () => 1) } });
  const { troupe } = await teamOf([person(), pushed]);
  const inbox = troupe.inbox('ann');
  const call = (name: 'peek' | 'receive', given: unknown): Promise<unknown> =>
    Reflect.apply(inbox[name], inbox, [given]);
  for (const limit of [0, -1, 1.5, 'all', Number.NaN]) {
    expect(await refused(call('peek', limit))).toMatchObject({ code: 'BAD_OPTION' });
  }
  for (const options of [{ timeout: -1 }, { timeout: 'soon' }, { signal: 1 }, { limit: 1 }, 7]) {
    expect(await refused(call('receive', options))).toMatchObject({ code: 'BAD_OPTION' });
  }
  for (const bot of [undefined, 7, {}]) {
    expect(refusal(() => Reflect.apply(troupe.inbox, troupe, [bot]))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'inbox',
    });
  }
  expect(refusal(() => troupe.inbox(''))).toMatchObject({ code: 'BAD_ID' });
  const nobody = troupe.inbox('nobody');
  for (const one of [nobody.peek(), nobody.count(), nobody.clear(), nobody.receive()]) {
    expect(await refused(one)).toEqual({ code: 'UNKNOWN_BOT', bot: 'nobody' });
  }
  expect(await troupe.inbox(pushed).count()).toBe(0);
  expect(await refused(troupe.inbox(pushed).receive())).toEqual({
    code: 'NO_INBOX',
    bot: 'pushed',
  });
});

test('a function that is undefined by mistake is refused; bots may come later', async () => {
  expect(refusal(() => Reflect.apply(handler, undefined, [z.number(), undefined]))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'handle',
  });
  const { troupe } = await teamOf([]);
  const inbox = troupe.inbox('ann');
  await troupe.register(person());
  await troupe.send('ann', note(1));
  expect((await inbox.receive())?.payload).toBe(1);
});

test('what waited for code that is gone can be received; what is taken stays taken', async () => {
  const kept = memoryJournal();
  const journal = { ...kept, close: () => undefined };
  const clock = testClock();
  const busy: Bot = defineBot({
    id: 'ann',
    concurrency: 1,
    on: { note: handler(z.number(), () => new Promise(() => {})) },
  });
  const first = await teamOf([busy], { journal, clock });
  for (const payload of [1, 2]) await first.troupe.send('ann', note(payload));
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 0 });
  await clock.advance(0);
  await stopped;
  const second = await teamOf([person()], { journal, clock });
  await clock.quiet();
  const inbox = second.troupe.inbox('ann');
  const taken = [await inbox.receive(), await inbox.receive()];
  expect(payloads(taken).toSorted()).toEqual([1, 2]);
  expect(await inbox.count()).toBe(0);
});

test('statistics count what is received as delivered, with its latency', async () => {
  const { troupe, clock } = await teamOf([person()]);
  for (const payload of [1, 2]) await troupe.send('ann', note(payload));
  await clock.advance(20);
  await troupe.inbox('ann').receive();
  const { bots } = await troupe.messages.statistics();
  expect(bots.ann).toMatchObject({ sent: 2, delivered: 1, waiting: 1, handling: 0 });
  expect(bots.ann?.latency.mean).toBe(20);
});
