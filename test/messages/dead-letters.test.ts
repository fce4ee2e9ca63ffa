/** Dead letters: listed, looked at, delivered again or discarded, once. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/main.ts';
import { defineBot, handler, memoryJournal, type Troupe } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { fakeTerminal } from '../cli/terminal.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

/** A bot that fails until it is mended, and notes what it handled. */
function desk() {
  const notes: unknown[] = [];
  const state = { isBroken: true };
  const bot = defineBot({
    id: 'desk',
    retry: false,
    on: {
      note: handler(z.unknown(), ({ payload, message }) => {
        if (state.isBroken) throw new RangeError('broken');
        notes.push([payload, message.id, message.correlationId, message.priority]);
        return 'done';
      }),
    },
  });
  return { bot, notes, state };
}

const idsOf = async ({ deadLetters }: Troupe, filter = {}): Promise<number[]> =>
  (await deadLetters.list(filter)).map(({ id }) => id);

test('given a message that could not be handled, then it is listed with its reason', async () => {
  const { bot } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: 1, priority: 9, correlationId: 'c' });
  await clock.quiet();
  const letters = await troupe.deadLetters.list();
  expect(letters).toEqual([
    {
      id: 1,
      at: clock.now(),
      to: 'bot/desk',
      type: 'note',
      reason: 'failed',
      detail: 'RangeError: broken',
      message: expect.objectContaining({ payload: 1, correlationId: 'c', to: 'bot/desk' }),
      fate: undefined,
    },
  ]);
  expect(await troupe.deadLetters.get(1)).toEqual(letters[0]);
  expect(await troupe.deadLetters.get(2)).toBeUndefined();
});

test('a list is newest first, in pages, by recipient, type and reason', async () => {
  const { bot } = desk();
  const { troupe, clock } = await teamOf([bot]);
  for (let n = 1; n <= 600; n += 1) {
    await troupe.send(n % 2 === 0 ? bot : 'nobody', { type: 'note' }).catch(() => undefined);
    await clock.quiet();
  }
  await troupe.send('other', { type: 'odd' }).catch(() => undefined);
  expect(await idsOf(troupe, { limit: 3 })).toEqual([601, 600, 599]);
  expect(await idsOf(troupe)).toHaveLength(100);
  expect(await idsOf(troupe, { limit: 3, before: 599 })).toEqual([598, 597, 596]);
  expect(await idsOf(troupe, { to: 'nobody', limit: 400 })).toHaveLength(300);
  expect(await idsOf(troupe, { to: 'bot/desk', before: 5 })).toEqual([4, 2]);
  expect(await idsOf(troupe, { reason: 'failed', limit: 2 })).toEqual([600, 598]);
  expect(await idsOf(troupe, { type: 'odd' })).toEqual([601]);
  expect(await idsOf(troupe, { reason: 'expired' })).toEqual([]);
});

test.each<[object, string]>([
  [{ limit: 0 }, 'limit'],
  [{ before: 1.5 }, 'before'],
  [{ reason: 'tired' }, 'reason'],
  [{ to: '' }, 'to'],
  [{ settled: 'yes' }, 'settled'],
  [{ form: 'x' }, 'form'],
])('the filter %j is refused', async (filter, field) => {
  const { troupe } = await teamOf([]);
  const call = Reflect.apply(troupe.deadLetters.list, troupe.deadLetters, [filter]);
  expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION', field });
});

test('a letter is delivered again under its own id, once', async () => {
  const { bot, notes, state } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: 'x', priority: 9, correlationId: 'c' });
  await clock.quiet();
  const sent = (await troupe.deadLetters.get(1))?.message;
  state.isBroken = false;
  await troupe.deadLetters.redeliver(1);
  await clock.quiet();
  expect(notes).toEqual([['x', sent?.id, 'c', 9]]);
  const facts = { letter: 1, fate: 'redelivered' };
  expect(await refused(troupe.deadLetters.redeliver(1))).toEqual({
    code: 'LETTER_SETTLED',
    ...facts,
  });
  expect(await refused(troupe.deadLetters.discard(1))).toEqual({
    code: 'LETTER_SETTLED',
    ...facts,
  });
  expect(await idsOf(troupe)).toEqual([]);
  expect(await idsOf(troupe, { settled: true })).toEqual([1]);
  expect((await troupe.deadLetters.get(1))?.fate).toEqual({ kind: 'redelivered', at: clock.now() });
  expect(notes).toHaveLength(1);
});

test('given two calls at once, then it is delivered once', async () => {
  const { bot, notes, state } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  state.isBroken = false;
  const calls = [1, 1, 1].map((id) => troupe.deadLetters.redeliver(id));
  const ends = await Promise.allSettled([...calls, troupe.deadLetters.discard(1)]);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await clock.quiet();
  expect(notes).toHaveLength(1);
});

test('what fails once more is a letter of its own, to be delivered again', async () => {
  const { bot, notes, state } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  await troupe.deadLetters.redeliver(1);
  await clock.quiet();
  expect(await idsOf(troupe)).toEqual([2]);
  state.isBroken = false;
  await troupe.deadLetters.redeliver(2);
  await clock.quiet();
  expect(notes).toHaveLength(1);
});

test('a discarded letter stays to be seen, and is never delivered', async () => {
  const { bot, notes, state } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  state.isBroken = false;
  await troupe.deadLetters.discard(1);
  expect(await refused(troupe.deadLetters.redeliver(1))).toEqual({
    code: 'LETTER_SETTLED',
    letter: 1,
    fate: 'discarded',
  });
  expect(await refused(troupe.deadLetters.discard(1))).toMatchObject({ code: 'LETTER_SETTLED' });
  await clock.quiet();
  expect([notes, await idsOf(troupe)]).toEqual([[], []]);
});

test('a letter is checked again as if it were sent now', async () => {
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([], { journal });
  for (const type of ['note', 'strict', 'odd']) {
    expect(await refused(troupe.send('late', { type, payload: 1 }))).toMatchObject({
      code: 'UNKNOWN_RECIPIENT',
    });
  }
  const again = (id: number) => troupe.deadLetters.redeliver(id);
  expect(await refused(again(1))).toEqual({ code: 'UNKNOWN_RECIPIENT', to: 'bot/late' });
  const seen: unknown[] = [];
  const late = defineBot({
    id: 'late',
    on: {
      note: handler(z.unknown(), ({ payload }) => void seen.push(payload)),
      strict: handler(z.string(), () => undefined),
    },
  });
  await troupe.register(late);
  expect(await refused(again(3))).toMatchObject({ code: 'UNKNOWN_MESSAGE_TYPE', type: 'odd' });
  expect(await refused(again(2))).toMatchObject({ code: 'INVALID', what: 'payload of strict' });
  expect(await refused(again(9))).toEqual({ code: 'UNKNOWN_LETTER', letter: 9 });
  expect(await refused(again(Number.NaN))).toMatchObject({ code: 'BAD_OPTION', field: 'id' });
  expect(journal.deadLetters(9)).toHaveLength(3);
  await again(1);
  await clock.quiet();
  expect(seen).toEqual([1]);
});

test('a letter is delivered without its expiry, and nobody waits for its reply', async () => {
  const { bot, notes, state } = desk();
  const { troupe, clock } = await teamOf([bot]);
  await troupe.send(bot, { type: 'note', payload: 1, expiresIn: 0 }).catch(() => undefined);
  expect(await refused(troupe.ask(bot, { type: 'note', payload: 2 }))).toMatchObject({
    code: 'HANDLER_FAILED',
  });
  state.isBroken = false;
  for (const id of [1, 2]) await troupe.deadLetters.redeliver(id);
  await clock.quiet();
  expect(notes.map((note) => Object(note)[0])).toEqual([1, 2]);
  expect(await idsOf(troupe)).toEqual([]);
});

test('a reply, and what actors tell each other, can only be discarded', async () => {
  const held = Promise.withResolvers<number>();
  const bot = defineBot({ id: 'bot', on: { ask: handler(z.unknown(), () => held.promise) } });
  const { troupe, clock } = await teamOf([bot]);
  const asked = refused(troupe.ask(bot, { type: 'ask' }, { timeout: 1 }));
  await clock.advance(1);
  await asked;
  held.resolve(7);
  await clock.quiet();
  const [letter] = await troupe.deadLetters.list();
  expect(letter).toMatchObject({ type: 'response', message: { payload: 7, from: 'bot/bot' } });
  const id = letter?.id ?? 0;
  expect(await refused(troupe.deadLetters.redeliver(id))).toMatchObject({
    code: 'LETTER_UNDELIVERABLE',
    type: 'response',
  });
  await troupe.deadLetters.discard(id);
});

test('a full mailbox refuses a letter, which stays', async () => {
  const held = Promise.withResolvers<void>();
  const bot = defineBot({
    id: 'bot',
    concurrency: 1,
    on: { note: handler(z.unknown(), () => held.promise) },
  });
  const { troupe, clock } = await teamOf([bot], { limits: { mailboxMessages: 1 } });
  await troupe.send(bot, { type: 'note', expiresIn: 0 }).catch(() => undefined);
  await troupe.send(bot, { type: 'note' });
  await clock.quiet();
  await troupe.send(bot, { type: 'note' });
  expect(await refused(troupe.deadLetters.redeliver(1))).toMatchObject({ code: 'MAILBOX_FULL' });
  expect(await idsOf(troupe)).toEqual([1]);
  held.resolve();
  await clock.quiet();
  await troupe.deadLetters.redeliver(1);
});

describe.each(['before', 'after'] as const)('given a crash %s the commit', (moment) => {
  test('then a letter is delivered again once, all of it or nothing', async () => {
    const clock = testClock();
    let crashAt = Number.POSITIVE_INFINITY;
    const disk = simulatedDisk({
      onCommit: (commit, when) => {
        if (commit >= crashAt && when === moment) throw new RangeError('crash');
      },
    });
    const first = desk();
    const before = await teamOf([first.bot], { journal: disk.open(), clock });
    await before.troupe.send(first.bot, { type: 'note', payload: 'x' });
    await clock.quiet();
    first.state.isBroken = false;
    crashAt = disk.commits + 1;
    expect(await refused(before.troupe.deadLetters.redeliver(1))).toMatchObject({
      code: 'JOURNAL_FAILED',
    });
    await clock.quiet();
    crashAt = Number.POSITIVE_INFINITY;
    const second = desk();
    second.state.isBroken = false;
    const { troupe } = await teamOf([second.bot], { journal: disk.open(), clock });
    await clock.quiet();
    const { fate } = (await troupe.deadLetters.get(1)) ?? {};
    expect(fate?.kind).toBe(moment === 'after' ? 'redelivered' : undefined);
    expect([first.notes.length, second.notes.length]).toEqual([0, moment === 'after' ? 1 : 0]);
    if (fate === undefined) await troupe.deadLetters.redeliver(1);
    await clock.quiet();
    expect(second.notes).toHaveLength(1);
    expect(await refused(troupe.deadLetters.redeliver(1))).toMatchObject({
      code: 'LETTER_SETTLED',
    });
  });
});

test('the command line shows dead letters, and what became of them', async () => {
  const journal = newFile();
  const { bot } = desk();
  const { troupe, clock } = await teamOf([bot], { journal });
  await troupe.send(bot, { type: 'note' });
  await troupe.send('nobody', { type: 'odd' }).catch(() => undefined);
  await clock.quiet();
  await troupe.deadLetters.discard(1);
  const terminal = fakeTerminal({ columns: 90 });
  expect(await main(['journal', journal, 'dead-letters'], terminal)).toBe(0);
  const [heading, ...lines] = terminal.shown.out.trimEnd().split('\n');
  expect(heading).toMatch(/^LETTER +AT +REASON +TYPE +TO +FATE +DETAIL/);
  expect(lines).toHaveLength(2);
  expect(lines.some((line) => / odd +bot\/nobody/.test(line))).toBe(true);
  expect(lines.filter((line) => line.includes('discarded'))).toHaveLength(1);
});

test('after the end, every call is refused', async () => {
  const { troupe } = await teamOf([]);
  await troupe.stop();
  const { deadLetters } = troupe;
  for (const call of [
    () => deadLetters.list(),
    () => deadLetters.get(1),
    () => deadLetters.redeliver(1),
    () => deadLetters.discard(1),
  ]) {
    expect(await refused(call())).toMatchObject({ code: 'STOPPED' });
  }
});
