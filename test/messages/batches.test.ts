/** Batches: many messages in one durable write, all of them or none. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, memoryJournal } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf } from '../troupe/team.ts';

function desk(id: string, options: Parameters<typeof defineBot>[0]['mailbox'] = {}) {
  const notes: unknown[] = [];
  const held = Promise.withResolvers<void>();
  const bot = defineBot({
    id,
    concurrency: 1,
    mailbox: options,
    on: {
      note: handler(z.unknown(), ({ payload }) => {
        notes.push(payload);
        return held.promise;
      }),
      count: handler(z.number(), () => undefined),
    },
  });
  return { bot, notes, letGo: held.resolve };
}

const sendLoosely = ({ troupe }: Team, messages: unknown): Promise<unknown> =>
  Reflect.apply(troupe.sendAll, troupe, [messages]);

test('a batch is one commit, in its order, with options of messages', async () => {
  const a = desk('a');
  const b = desk('b');
  a.letGo();
  b.letGo();
  let commits = 0;
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([a.bot, b.bot], {
    journal: {
      ...journal,
      commit(batch) {
        if (batch.rows.some(({ type }) => type === 'message')) commits += 1;
        journal.commit(batch);
      },
    },
  });
  await troupe.sendAll([
    { to: a.bot, type: 'note', payload: 1 },
    { to: 'b', type: 'note', payload: 2, priority: 8 },
    { to: a.bot, type: 'note', payload: 3, expiresIn: '1h', conversationId: 'c' },
  ]);
  expect(commits).toBe(1);
  await clock.quiet();
  expect([a.notes, b.notes]).toEqual([[1, 3], [2]]);
  await troupe.sendAll([]);
});

test.each<[string, unknown, object]>([
  ['no array', { to: 'a', type: 'note' }, { code: 'BAD_OPTION', field: 'messages' }],
  ['no message', ['note'], { code: 'BAD_OPTION' }],
  ['nobody', [{ type: 'note' }], { code: 'BAD_OPTION', field: 'to', index: 1 }],
  ['id', [{ to: '', type: 'note' }], { code: 'BAD_ID', index: 1 }],
  ['unknown', [{ to: 'c', type: 'note' }], { code: 'UNKNOWN_RECIPIENT', to: 'bot/c', index: 1 }],
  ['type', [{ to: 'a', type: 'x' }], { code: 'UNKNOWN_MESSAGE_TYPE', type: 'x', index: 1 }],
  ['reserved', [{ to: 'a', type: 'xstate.x' }], { code: 'RESERVED_TYPE', index: 1 }],
  [
    'payload',
    [{ to: 'a', type: 'count', payload: '1' }],
    { code: 'INVALID', what: 'payload of count', index: 1 },
  ],
  [
    'json',
    [{ to: 'a', type: 'note', payload: { at: new Date(0) } }],
    { code: 'NOT_JSON', what: 'payload of note', path: '.at', index: 1 },
  ],
  ['large', [{ to: 'a', type: 'note', payload: 'x'.repeat(2e6) }], { code: 'TOO_LARGE', index: 1 }],
  ['time', [{ to: 'a', type: 'note', expiresIn: 'soon' }], { code: 'BAD_DURATION', index: 1 }],
  ['expired', [{ to: 'a', type: 'note', expiresIn: 0 }], { code: 'EXPIRED', index: 1 }],
  [
    'full',
    Array.from({ length: 3 }, () => ({ to: 'a', type: 'note' })),
    { code: 'MAILBOX_FULL', to: 'bot/a', capacity: 3, index: 3 },
  ],
])('given one message that is refused, then nothing is sent (%s)', async (_, given, refusal) => {
  const { bot, notes, letGo } = desk('a', { capacity: 3 });
  letGo();
  const journal = memoryJournal();
  const team = await teamOf([bot], { journal });
  const first = { to: 'a', type: 'note', payload: 'first' };
  const batch = Array.isArray(given) ? [first, ...given] : given;
  expect(await refused(sendLoosely(team, batch))).toMatchObject(refusal);
  await team.clock.quiet();
  expect([notes, journal.deadLetters(9), journal.waiting()]).toEqual([[], [], []]);
});

test('what refuses a batch says which message, and claims no dead letter', async () => {
  const team = await teamOf([desk('a').bot]);
  const batch = [
    { to: 'a', type: 'note' },
    { to: 'c', type: 'note' },
  ];
  const error = await team.troupe.sendAll(batch).catch(String);
  expect(error).toContain('message 1: There is no bot/c');
  expect(error).not.toContain('dead letter');
  expect(await team.troupe.deadLetters.list()).toEqual([]);
});

test('a batch waits in no line; it may drop the oldest', async () => {
  const waits = desk('waits', { capacity: 1, whenFull: 'wait' });
  const drops = desk('drops', { capacity: 2, whenFull: 'drop-oldest' });
  const { troupe, clock } = await teamOf([waits.bot, drops.bot]);
  for (const to of ['waits', 'drops']) await troupe.send(to, { type: 'note', payload: 0 });
  await clock.quiet();
  for (const to of ['waits', 'drops']) await troupe.send(to, { type: 'note', payload: 1 });
  const full = refused(troupe.sendAll([{ to: waits.bot, type: 'note' }]));
  expect(await full).toMatchObject({ code: 'MAILBOX_FULL', to: 'bot/waits' });
  const two = [2, 3].map((payload) => ({ to: 'drops', type: 'note', payload }));
  await troupe.sendAll(two);
  expect(await refused(troupe.sendAll([...two, ...two]))).toMatchObject({ code: 'MAILBOX_FULL' });
  drops.letGo();
  await clock.quiet();
  expect(drops.notes).toEqual([0, 2, 3]);
});

test('a batch has a bound', async () => {
  const team = await teamOf([desk('a').bot]);
  const many = Array.from({ length: 10_001 }, () => ({ to: 'a', type: 'note' }));
  expect(await refused(sendLoosely(team, many))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'messages',
  });
});
