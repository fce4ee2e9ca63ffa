/** Lines before a full mailbox: room is given on at once, and to nobody who has left. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, type Troupe } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

/** A bot with room for one message, whose handlers end when they are let go. */
function desk(concurrency: number) {
  const notes: unknown[] = [];
  const gates: (() => void)[] = [];
  const bot = defineBot({
    id: 'desk',
    concurrency,
    retry: false,
    mailbox: { capacity: 1, whenFull: 'wait' },
    on: {
      note: handler(z.unknown(), async ({ payload }) => {
        notes.push(payload);
        await new Promise<void>((resolve) => void gates.push(resolve));
      }),
    },
  });
  return { bot, notes, next: () => gates.shift()?.() };
}

const send = (troupe: Troupe, payload: unknown): Promise<void> =>
  troupe.send('desk', { type: 'note', payload });

test('given room that comes while somebody is let in, then the next one is, too', async () => {
  const { bot, notes, next } = desk(2);
  const { troupe, clock } = await teamOf([bot]);
  for (const held of ['held 1', 'held 2', 'waits']) {
    await send(troupe, held);
    await clock.quiet();
  }
  const inside: string[] = [];
  for (const name of ['a', 'b']) void send(troupe, name).then(() => inside.push(name));
  await clock.quiet();
  expect(inside).toEqual([]);
  next();
  next();
  await clock.quiet();
  expect([notes, inside]).toEqual([
    ['held 1', 'held 2', 'waits', 'a'],
    ['a', 'b'],
  ]);
});

test('given an ask whose asker has left the line, then it takes no place', async () => {
  const { bot, notes, next } = desk(1);
  const { troupe, clock } = await teamOf([bot]);
  await send(troupe, 'held');
  await clock.quiet();
  await send(troupe, 'waits');
  const leaving = new AbortController();
  const { signal } = leaving;
  const asked = refused(troupe.ask(bot, { type: 'note', payload: 'asked' }, { signal }));
  await clock.quiet();
  let isInside = false;
  void send(troupe, 'last').then(() => {
    isInside = true;
  });
  await clock.quiet();
  leaving.abort();
  expect(await asked).toMatchObject({ code: 'ASK_CANCELLED' });
  next();
  await clock.quiet();
  expect([notes, isInside]).toEqual([['held', 'waits'], true]);
  next();
  await clock.quiet();
  next();
  await clock.quiet();
  expect(notes).toEqual(['held', 'waits', 'last']);
  expect(await troupe.deadLetters.list()).toEqual([]);
});
