/**
 * Sending to bots: what is refused and how, what becomes of what is accepted.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineTask, handler, type Message, memoryJournal } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

/** A bot that notes the messages that it handles. */
function desk(options: { concurrency?: number; retry?: false; hold?: Promise<unknown> } = {}) {
  const notes: unknown[] = [];
  const { hold, ...rest } = options;
  const bot = defineBot({
    id: 'desk',
    ...rest,
    on: {
      note: handler(z.unknown(), async ({ payload }) => {
        notes.push(payload);
        await hold;
      }),
      order: handler(z.object({ n: z.number() }), ({ payload }) => void notes.push(payload.n)),
      ping: handler(z.undefined(), () => void notes.push('ping')),
    },
  });
  return { bot, notes };
}

/** Calls what the types would not let through, as JavaScript can. */
const sendLoosely = ({ troupe }: Team, to: unknown, message: unknown): Promise<unknown> =>
  Reflect.apply(troupe.send, troupe, [to, message]);

test('a message reaches the handler of its type, sent to a definition or an id', async () => {
  const { bot, notes } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: { a: [1] } });
  await troupe.send('desk', { type: 'order', payload: { n: 1 } });
  await troupe.send(bot, { type: 'note', payload: null });
  await clock.quiet();
  expect(notes).toEqual([{ a: [1] }, 1, null]);
});

test('a payload may be left out where the schema allows it', async () => {
  const seen: unknown[] = [];
  const note = ({ payload }: { payload: unknown }) => void seen.push(payload);
  const bot = defineBot({
    id: 'bot',
    on: {
      ping: handler(z.undefined(), note),
      maybe: handler(z.string().optional(), note),
      filled: handler(z.string().default('filled'), note),
      needed: handler(z.string(), note),
    },
  });
  const team = await teamOf([bot], { journal: newFile() });
  await team.troupe.send(bot, { type: 'ping' });
  await team.troupe.send(bot, { type: 'maybe', payload: undefined });
  await team.troupe.send(bot, { type: 'filled' });
  expect(await refused(sendLoosely(team, bot, { type: 'needed' }))).toMatchObject({
    code: 'INVALID',
  });
  await team.clock.quiet();
  expect(seen).toEqual([undefined, undefined, 'filled']);
});

test('a handler sees the envelope, whose fields the runtime and the sender set', async () => {
  const seen: unknown[] = [];
  const bot = defineBot({
    id: 'bot',
    on: {
      note: handler(z.unknown(), ({ message, attempt }) => void seen.push({ message, attempt })),
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: 1 });
  const given = {
    priority: 9,
    conversationId: 'c-1',
    correlationId: 'x-1',
    responseTo: 'm-0',
    metadata: { user: { id: 7 } },
  };
  await troupe.send(bot, { type: 'note', payload: 2, expiresIn: '1m', ...given });
  await clock.quiet();
  const [first, second] = seen.map((one) => Object(one).message);
  expect(first).toEqual({
    id: expect.any(String),
    type: 'note',
    from: expect.stringMatching(/^client\//),
    at: clock.now(),
    priority: 5,
    correlationId: first.id,
  });
  expect(second).toMatchObject({ ...given, at: clock.now(), expiresAt: clock.now() + 60_000 });
  expect(second.from).toBe(first.from);
  expect(second.id).not.toBe(first.id);
});

test.each<[unknown, object]>([
  [undefined, { code: 'BAD_OPTION', field: 'to' }],
  [7, { code: 'BAD_OPTION', field: 'to' }],
  [{ id: 'desk' }, { code: 'BAD_OPTION', field: 'to' }],
  ['', { code: 'BAD_ID', what: 'recipient' }],
  ['x'.repeat(513), { code: 'BAD_ID' }],
  ['\ud800', { code: 'BAD_ID' }],
])('the recipient %# is refused', async (to, refusal) => {
  const { bot } = desk();
  const team = await teamOf([bot]);
  expect(await refused(sendLoosely(team, to, { type: 'note' }))).toMatchObject(refusal);
});

test('a task and a workflow are no recipients', async () => {
  const worker = defineBot({ id: 'worker', work: () => 1 });
  const team = await teamOf([worker]);
  const task = defineTask({ id: 'task', bot: worker });
  expect(await refused(sendLoosely(team, task, { type: 'note' }))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'to',
  });
});

test.each<[unknown, object]>([
  [undefined, { code: 'INVALID', what: 'message' }],
  ['note', { code: 'INVALID' }],
  [{}, { code: 'INVALID', issues: [{ path: 'type' }] }],
  [{ type: '' }, { code: 'INVALID', issues: [{ path: 'type' }] }],
  [{ type: 'note', from: 'bot/x' }, { code: 'INVALID' }],
  [
    { type: 'note', priority: 11 },
    { code: 'INVALID', issues: [{ path: 'priority' }] },
  ],
  [
    { type: 'note', priority: 1.5 },
    { code: 'INVALID', issues: [{ path: 'priority' }] },
  ],
  [
    { type: 'note', metadata: 'x' },
    { code: 'INVALID', issues: [{ path: 'metadata' }] },
  ],
  [{ type: 'note', conversationId: '' }, { code: 'INVALID' }],
  [
    { type: 'note', payload: { at: new Date(0) } },
    { code: 'NOT_JSON', path: '.at' },
  ],
  [
    { type: 'note', payload: [undefined] },
    { code: 'NOT_JSON', what: 'payload of note' },
  ],
  [
    { type: 'note', metadata: { f: () => 1 } },
    { code: 'NOT_JSON', what: 'metadata of note' },
  ],
  [
    { type: 'note', expiresIn: 'soon' },
    { code: 'BAD_DURATION', given: 'soon' },
  ],
  [{ type: 'note', expiresIn: -1 }, { code: 'BAD_DURATION' }],
  [
    { type: 'order', payload: { n: '1' } },
    { code: 'INVALID', what: 'payload of order' },
  ],
  [
    { type: 'ping', payload: 1 },
    { code: 'INVALID', what: 'payload of ping' },
  ],
  [{ type: 'xstate.stop' }, { code: 'RESERVED_TYPE', type: 'xstate.stop' }],
  [{ type: 'xstate.done.actor.0' }, { code: 'RESERVED_TYPE' }],
  [
    { type: 'constructor' },
    { code: 'UNKNOWN_MESSAGE_TYPE', to: 'desk', known: ['note', 'order', 'ping'] },
  ],
  [{ type: '__proto__' }, { code: 'UNKNOWN_MESSAGE_TYPE' }],
  [{ type: 'task.complete' }, { code: 'UNKNOWN_MESSAGE_TYPE' }],
])('the message %j is refused and enters no mailbox', async (message, refusal) => {
  const { bot, notes } = desk();
  const journal = memoryJournal();
  const team = await teamOf([bot], { journal });
  expect(await refused(sendLoosely(team, bot, message))).toMatchObject(refusal);
  await team.clock.quiet();
  expect(notes).toEqual([]);
  expect(journal.deadLetters(9)).toEqual([]);
});

test('payload and metadata have a size limit each', async () => {
  const { bot, notes } = desk();
  const { troupe, clock } = await teamOf([bot], { limits: { payloadChars: 50 } });
  const text = 'x'.repeat(60);
  expect(await refused(troupe.send(bot, { type: 'note', payload: text }))).toEqual({
    code: 'TOO_LARGE',
    what: 'payload of note',
    chars: 62,
    charsMax: 50,
  });
  const metadata = { text };
  expect(await refused(troupe.send('desk', { type: 'note', metadata }))).toMatchObject({
    code: 'TOO_LARGE',
    what: 'metadata of note',
  });
  await clock.quiet();
  expect(notes).toEqual([]);
});

test('a message to nobody becomes a dead letter, and its sender is told', async () => {
  const { bot } = desk();
  const journal = memoryJournal();
  const { troupe } = await teamOf([bot], { journal });
  expect(await refused(troupe.send('nobody', { type: 'note', payload: 'lost' }))).toEqual({
    code: 'UNKNOWN_RECIPIENT',
    to: 'bot/nobody',
  });
  const [letter, ...more] = journal.deadLetters(9);
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ to: 'bot/nobody', type: 'message', reason: 'unknown-recipient' });
  expect(JSON.parse(letter?.body ?? '')).toMatchObject({
    envelope: { type: 'note', payload: 'lost', to: 'bot/nobody' },
  });
});

test('a full mailbox refuses with its bound, and takes mail again when there is room', async () => {
  const held = Promise.withResolvers<void>();
  const { bot, notes } = desk({ concurrency: 1, hold: held.promise });
  const { troupe, clock } = await teamOf([bot], { limits: { mailboxMessages: 3 } });
  const note = (payload: number) => troupe.send(bot, { type: 'note', payload });
  await note(0);
  await clock.quiet();
  for (const n of [1, 2, 3]) await note(n);
  expect(await refused(note(4))).toEqual({ code: 'MAILBOX_FULL', to: 'bot/desk', capacity: 3 });
  held.resolve();
  await clock.quiet();
  await note(5);
  await clock.quiet();
  expect(notes).toEqual([0, 1, 2, 3, 5]);
});

test('the bound holds for messages that come at once, too', async () => {
  const held = Promise.withResolvers<void>();
  const { bot } = desk({ concurrency: 1, hold: held.promise });
  const { troupe, clock } = await teamOf([bot], { limits: { mailboxMessages: 2 } });
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  const sends = Array.from({ length: 9 }, () => troupe.send(bot, { type: 'note' }));
  const settled = await Promise.allSettled(sends);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  held.resolve();
});

test('what expires while it waits becomes a dead letter; what had expired is refused', async () => {
  const held = Promise.withResolvers<void>();
  const { bot, notes } = desk({ concurrency: 1, hold: held.promise });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot], { journal });
  await troupe.send(bot, { type: 'note', payload: 'holds' });
  await clock.quiet();
  await troupe.send(bot, { type: 'note', payload: 'short', expiresIn: '1s' });
  await troupe.send(bot, { type: 'note', payload: 'long', expiresIn: '1h' });
  expect(await refused(troupe.send(bot, { type: 'note', expiresIn: 0 }))).toEqual({
    code: 'EXPIRED',
    to: 'bot/desk',
  });
  await clock.advance(1_000);
  held.resolve();
  await clock.quiet();
  expect(notes).toEqual(['holds', 'long']);
  const letters = journal.deadLetters(9);
  expect(letters.map(({ reason }) => reason)).toEqual(['expired', 'expired']);
  expect(JSON.parse(letters[1]?.body ?? '').envelope.payload).toBe('short');
});

test('a busy bot takes the most urgent first, and equals in order', async () => {
  const held = Promise.withResolvers<void>();
  const { bot, notes } = desk({ concurrency: 1, hold: held.promise });
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: 'holds' });
  await clock.quiet();
  const sent: Message[] = [5, 2, undefined, 10, 8, 0, 10, 5].map((priority, n) => ({
    type: 'note',
    payload: `${priority ?? 5}-${n}`,
    priority,
  }));
  for (const message of sent) await troupe.send('desk', message);
  held.resolve();
  await clock.quiet();
  expect(notes).toEqual(['holds', '10-3', '10-6', '8-4', '5-0', '5-2', '5-7', '2-1', '0-5']);
});

test('an acknowledged message survives a restart, in its order and once', async () => {
  const journal = newFile();
  const clock = testClock();
  const never = new Promise(() => {});
  const before = desk({ concurrency: 1, hold: never });
  const first = await teamOf([before.bot], { journal, clock });
  for (const payload of ['a', 'b', 'c'])
    await first.troupe.send(before.bot, { type: 'note', payload });
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  expect(before.notes).toEqual(['a']);
  const after = desk({ concurrency: 1 });
  await teamOf([after.bot], { journal, clock });
  await clock.quiet();
  expect(after.notes).toEqual(['a', 'b', 'c']);
});

test('what a sender changes after sending is not what arrives', async () => {
  const { bot, notes } = desk();
  const { troupe, clock } = await teamOf([bot]);
  const payload = { list: [1] };
  const sent = troupe.send(bot, { type: 'note', payload });
  payload.list.push(2);
  await sent;
  await clock.quiet();
  expect(notes).toEqual([{ list: [1] }]);
});
