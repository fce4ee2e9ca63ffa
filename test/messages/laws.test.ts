/** The laws of delivery hold in every story. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createTroupe, defineBot, handler, type Letter } from '../../src/index.ts';
import type { Journal } from '../../src/journal/index.ts';
import { testClock } from '../troupe/team.ts';
import { Life, log, type Posted, stories } from './story.ts';

/** Payloads of the messages that handlers took, in the order of the journal, by bot. */
function appliedIn(journal: Journal): Map<string, number[]> {
  const applied = new Map<string, number[]>();
  for (const { type, body } of journal.rows(0, Number.POSITIVE_INFINITY)) {
    if (type !== 'message') continue;
    const { to, payload } = JSON.parse(body).envelope;
    applied.set(to, [...(applied.get(to) ?? []), payload]);
  }
  return applied;
}

/** Ids of messages in rows of these types: taken, or at their end. */
const idsIn = (journal: Journal, ...types: readonly string[]): string[] =>
  journal
    .rows(0, Number.POSITIVE_INFINITY)
    .filter(({ type }) => types.includes(type))
    .map(({ body }) => JSON.parse(body))
    .map(({ id, envelope }) => id ?? envelope.id)
    .toSorted();

let crashes = 0;

test('property: a message ends once, applied or dead; again only when redelivered', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const life = new Life(story);
      const letters = await life.live();
      const { posted, journal } = life;
      crashes += life.crashes;
      expect(journal.waiting().filter(({ body }) => body.includes('"note"'))).toEqual([]);
      expect(idsIn(journal, 'message.handled', 'message.failed')).toEqual(
        idsIn(journal, 'message'),
      );
      const applied = [...appliedIn(journal).values()].flat();
      for (const [n, one] of posted.entries()) {
        const times = applied.filter((payload) => payload === n).length;
        const dead = letters.filter(({ message }) => isRequest(message, n));
        holdEnds(one, times, dead, life.crashes > 0);
      }
      await life.stop();
    }),
    { numRuns: 150 },
  );
  expect(crashes).toBeGreaterThan(20);
});

const isRequest = (message: Letter['message'], n: number): boolean =>
  message?.type === 'note' && message.payload === n;

/** It ended as often as it was accepted; a crash may lose the answer of a call. */
function holdEnds(
  { ends, redelivered }: Posted,
  applied: number,
  dead: readonly Letter[],
  hadCrash: boolean,
): void {
  // What failed was applied before.
  const count = applied + dead.filter(({ reason }) => reason !== 'failed').length;
  expect(ends.length).toBeLessThanOrEqual(1);
  if (ends.length === 0 || ends.includes('JOURNAL_FAILED')) {
    expect(count).toBeLessThanOrEqual(1 + dead.length);
  } else if (ends.some((code) => refusals.has(code))) {
    expect(count).toBe(redelivered);
  } else if (hadCrash) {
    expect(count).toBeGreaterThanOrEqual(1);
  } else {
    expect(count).toBe(1 + redelivered);
  }
}

/** What refuses a message before it is accepted; a batch is refused for any of its messages. */
const refusals = new Set(['MAILBOX_FULL', 'STOPPED']);

test('property: one sender, one recipient, one priority: first in, first out', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const life = new Life(story);
      const letters = await life.live();
      const again = new Set(letters.map(({ message }) => Number(message?.payload)));
      for (const all of appliedIn(life.journal).values()) {
        for (const priority of [0, 5, 10]) {
          const own = all.filter((n) => life.posted[n]?.priority === priority && !again.has(n));
          expect(own).toEqual(own.toSorted((a, b) => a - b));
          expect(new Set(own).size).toBe(own.length);
        }
      }
      await life.stop();
    }),
    { numRuns: 60 },
  );
});

test('a message of low priority waits for at most 33 others, whatever floods the bot', async () => {
  const clock = testClock();
  const taken: number[] = [];
  const bot = defineBot({
    id: 'bot',
    concurrency: 1,
    on: {
      note: handler(z.number(), async ({ payload, send }) => {
        taken.push(payload);
        // The flood never ends: two come for each that is taken.
        if (payload === 10 && taken.length < 200) {
          for (let n = 0; n < 2; n += 1) await send('bot', { type: 'note', payload, priority: 10 });
        }
      }),
    },
  });
  const troupe = await createTroupe({ definitions: [bot], clock, log });
  await troupe.send('bot', { type: 'note', payload: 10, priority: 10 });
  await troupe.sendAll([
    { to: 'bot', type: 'note', payload: 10, priority: 10 },
    { to: 'bot', type: 'note', payload: 0, priority: 0 },
  ]);
  await clock.quiet();
  expect(taken.indexOf(0)).toBeGreaterThan(1);
  expect(taken.indexOf(0)).toBeLessThanOrEqual(2 + 2 * 33);
  await troupe.stop();
});
