/**
 * Messages from work: sent once, however often the work runs again.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, memoryJournal, type WorkContext } from '../../../src/index.ts';
import { newFile } from '../../journal/files.ts';
import { refused } from '../../refusal.ts';
import { teamOf } from '../../troupe/team.ts';

/** A bot that notes what it is told. */
function desk() {
  const notes: unknown[] = [];
  const bot = defineBot({
    id: 'desk',
    on: {
      note: handler(z.unknown(), ({ payload, message }) => {
        notes.push([payload, message.from]);
      }),
    },
  });
  return { bot, notes };
}

const failUntil = (last: number, { attempt }: WorkContext): void => {
  if (attempt < last) throw new Error('again');
};

test('given failing attempts, then each message is sent once, equal ones too', async () => {
  const { bot, notes } = desk();
  const sender = defineBot({
    id: 'sender',
    retry: { attempts: 4, backoff: 0 },
    async work(context) {
      const { send } = context;
      await send(bot, { type: 'note', payload: 1 });
      failUntil(2, context);
      await send('desk', { type: 'note', payload: { b: 1, a: 2 } });
      failUntil(3, context);
      await send(bot, { type: 'note', payload: { a: 2, b: 1 } });
      await send(bot, { payload: 1, type: 'note' });
      failUntil(4, context);
    },
  });
  const { troupe, clock } = await teamOf([sender, bot]);
  const run = await troupe.start(sender, undefined, { id: 's' });
  await clock.advance(10);
  expect((await run.outcome()).attempts).toBe(4);
  const from = 'run/sender/s';
  expect(notes).toEqual([
    [1, from],
    [{ b: 1, a: 2 }, from],
    [{ a: 2, b: 1 }, from],
    [1, from],
  ]);
});

test('given a restart, then nothing is sent again', async () => {
  const journal = newFile();
  const { bot, notes } = desk();
  const senderOf = (end: () => unknown) =>
    defineBot({
      id: 'sender',
      async work({ send, step }) {
        await send(bot, { type: 'note', payload: 'before' });
        await step('wait', end);
        await send(bot, { type: 'note', payload: 'after' });
      },
    });
  const before = senderOf(() => new Promise(() => {}));
  const first = await teamOf([before, bot], { journal });
  await first.troupe.start(before, undefined, { id: 's' });
  await first.clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await first.clock.advance(1);
  await stopped;
  const after = senderOf(() => 1);
  const { troupe, clock } = await teamOf([after, bot], { journal });
  await (await troupe.get(after, 's'))?.result();
  await clock.quiet();
  expect(notes.map((note) => Object(note)[0])).toEqual(['before', 'after']);
});

test('what work sends without waiting is done before its end', async () => {
  const { bot, notes } = desk();
  const sender = defineBot({
    id: 'sender',
    work: ({ send, report }) => {
      void send(bot, { type: 'note', payload: 'bye' });
      void report({ note: 'the end', cost: 2 });
      return 'done';
    },
  });
  const { troupe, clock } = await teamOf([sender, bot]);
  const run = await troupe.start(sender, undefined, { id: 's' });
  expect(await run.outcome()).toMatchObject({ result: 'done', cost: 2 });
  await clock.quiet();
  expect(notes).toEqual([['bye', 'run/sender/s']]);
});

test('a payload that the sender changes at once arrives as it was sent', async () => {
  const { bot, notes } = desk();
  const sender = defineBot({
    id: 'sender',
    async work({ send }) {
      const payload = ['a'];
      const sent = send(bot, { type: 'note', payload });
      payload.push('b');
      await sent;
    },
  });
  const { troupe, clock } = await teamOf([sender, bot]);
  await troupe.run(sender, undefined, { id: 's' });
  await clock.quiet();
  expect(notes).toEqual([[['a'], 'run/sender/s']]);
});

test.each<[string, unknown, unknown, string]>([
  ['an unknown recipient', 'nobody', { type: 'note' }, 'UNKNOWN_RECIPIENT'],
  ['no recipient', undefined, { type: 'note' }, 'BAD_OPTION'],
  ['an unknown type', 'desk', { type: 'order' }, 'UNKNOWN_MESSAGE_TYPE'],
  ['no message', 'desk', undefined, 'INVALID'],
  ['a payload that is no JSON', 'desk', { type: 'note', payload: 1n }, 'NOT_JSON'],
  ['a reserved type', 'desk', { type: 'xstate.stop' }, 'RESERVED_TYPE'],
])('%s is refused in the work, which may go on', async (_, to, message, code) => {
  const { bot, notes } = desk();
  const codes: unknown[] = [];
  const sender = defineBot({
    id: 'sender',
    async work({ send }) {
      await Reflect.apply(send, undefined, [to, message]).catch((error: { code: string }) =>
        codes.push(error.code),
      );
      await send(bot, { type: 'note', payload: 'went on' });
    },
  });
  const { troupe, clock } = await teamOf([sender, bot]);
  await troupe.run(sender, undefined, { id: 's' });
  await clock.quiet();
  expect(codes).toEqual([code]);
  expect(notes).toEqual([['went on', 'run/sender/s']]);
});

test('a message that was refused is sent when it is accepted later', async () => {
  const { bot, notes } = desk();
  const sender = defineBot({
    id: 'sender',
    retry: { attempts: 2, backoff: 100, backoffMax: 100 },
    work: ({ send }) => send('desk', { type: 'note', payload: 'again' }),
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([sender], { journal });
  const run = await troupe.start(sender, undefined);
  await clock.quiet();
  expect(journal.deadLetters(9)).toMatchObject([{ reason: 'unknown-recipient', to: 'bot/desk' }]);
  expect((await run.outcome()).status).toBe('FAILED');
  await troupe.register(bot);
  const again = await troupe.start(sender, undefined);
  expect((await again.outcome()).status).toBe('COMPLETED');
  await clock.quiet();
  expect(notes).toHaveLength(1);
});

test('what a handler sends goes on in the exchange of its message', async () => {
  const seen: object[] = [];
  const last = defineBot({
    id: 'last',
    on: { note: handler(z.unknown(), ({ message }) => void seen.push(message)) },
  });
  const relay = defineBot({
    id: 'relay',
    on: {
      note: handler(z.unknown(), async ({ send, payload, message }) => {
        seen.push(message);
        await send('last', { type: 'note', payload });
      }),
    },
  });
  const { troupe, clock } = await teamOf([relay, last]);
  await troupe.send(relay, { type: 'note', payload: 1, correlationId: 'c-1' });
  await clock.quiet();
  const [first, second] = seen;
  expect(first).toMatchObject({ correlationId: 'c-1' });
  expect(second).toMatchObject({
    from: 'bot/relay',
    correlationId: 'c-1',
    causationId: Object(first).id,
  });
  expect(await refused(troupe.send('nobody', { type: 'note' }))).toMatchObject({
    code: 'UNKNOWN_RECIPIENT',
  });
});
