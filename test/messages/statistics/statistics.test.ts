/** Statistics of messages: exact numbers on a simulated clock, books that balance, a bound. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, type MessageCounts, memoryJournal } from '../../../src/index.ts';
import { Latencies } from '../../../src/messages/latencies.ts';
import { limits } from '../../../src/protocol/index.ts';
import { refused } from '../../refusal.ts';
import { teamOf } from '../../troupe/team.ts';
import { Life, stories } from '../story.ts';

const none = { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
const zero: MessageCounts = {
  sent: 0,
  restored: 0,
  delivered: 0,
  waiting: 0,
  handling: 0,
  failed: 0,
  refused: 0,
  dead: {},
  latency: none,
};

/** A bot with one slot; each `note` takes as many milliseconds as it says, `fail` fails. */
function worker() {
  return defineBot({
    id: 'worker',
    concurrency: 1,
    retry: false,
    on: {
      note: handler(z.number(), async ({ payload }) => {
        await new Promise<void>((resolve) => void gates.push({ resolve, payload }));
      }),
      fail: handler(z.unknown(), () => Promise.reject(new RangeError('no'))),
    },
  });
}
const gates: { readonly resolve: () => void; readonly payload: number }[] = [];

test('counts and latencies are exact, in all, by type and by bot', async () => {
  const { troupe, clock } = await teamOf([worker()]);
  const { now } = clock;
  const since = now();
  expect(await troupe.messages.statistics()).toEqual({ since, ...zero, types: {}, bots: {} });
  for (const payload of [1, 2, 3, 4]) await troupe.send('worker', { type: 'note', payload });
  await troupe.send('worker', { type: 'fail' });
  await troupe.send('worker', { type: 'note', payload: 5, expiresIn: 15, priority: 0 });
  await refused(troupe.send('nobody', { type: 'note' }));
  await clock.quiet();
  const early = await troupe.messages.statistics();
  expect(early.bots.worker).toEqual({
    ...zero,
    sent: 6,
    delivered: 1,
    waiting: 5,
    handling: 1,
  });
  for (let n = 0; n < 4; n += 1) {
    await clock.advance(10);
    gates.shift()?.resolve();
    await clock.quiet();
  }
  const { types, bots, ...all } = await troupe.messages.statistics();
  // Delivered after 0, 10, 20 and 30 ms; the failing one after 40.
  const latency = { mean: 15, p50: 10, p95: 30, p99: 30, max: 30 };
  const notes = { ...zero, sent: 5, delivered: 4, dead: { expired: 1 }, latency };
  const fails = {
    ...zero,
    sent: 1,
    delivered: 1,
    failed: 1,
    dead: { failed: 1 },
    latency: { mean: 40, p50: 40, p95: 40, p99: 40, max: 40 },
  };
  const both = { mean: 20, p50: 20, p95: 40, p99: 40, max: 40 };
  const nobody = { ...zero, refused: 1, dead: { 'unknown-recipient': 1 } };
  expect(types).toEqual({
    note: { ...notes, refused: 1, dead: { expired: 1, 'unknown-recipient': 1 } },
    fail: fails,
  });
  const worked = { sent: 6, delivered: 5, failed: 1, latency: both };
  expect(bots).toEqual({
    worker: { ...zero, ...worked, dead: { expired: 1, failed: 1 } },
    nobody,
  });
  expect(all).toEqual({
    ...zero,
    ...worked,
    since,
    refused: 1,
    dead: { expired: 1, failed: 1, 'unknown-recipient': 1 },
  });
});

test('a new troupe counts anew; what waited is restored, with its age', async () => {
  const kept = memoryJournal();
  const journal = { ...kept, close: () => undefined };
  const first = await teamOf([worker()], { journal });
  const { clock } = first;
  for (const payload of [1, 2]) await first.troupe.send('worker', { type: 'note', payload });
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 0 });
  await clock.advance(0);
  await stopped;
  expect(await refused(first.troupe.messages.statistics())).toMatchObject({ code: 'STOPPED' });
  gates.length = 0;
  await clock.advance(1_000);
  const { troupe } = await teamOf([worker()], { journal, clock });
  await clock.quiet();
  const before = await troupe.messages.statistics();
  expect(before.types.note).toEqual({ ...zero, restored: 1, waiting: 1, handling: 1 });
  gates.shift()?.resolve();
  await clock.quiet();
  const { delivered, waiting, handling, latency } = await troupe.messages.statistics();
  expect({ delivered, waiting, handling, mean: latency.mean, p50: latency.p50 }).toEqual({
    delivered: 1,
    waiting: 0,
    handling: 1,
    mean: 1_000,
    p50: 1_000,
  });
});

test('types and bots beyond the bound share one entry, and all are counted', async () => {
  const { troupe } = await teamOf([]);
  const count = limits.statisticsKeys + 20;
  for (let n = 0; n < count; n += 1) {
    await troupe.send(`nobody-${n}`, { type: `type-${n}` }).catch(() => undefined);
  }
  const { types, bots, refused: all } = await troupe.messages.statistics();
  expect(all).toBe(count);
  for (const entries of [types, bots]) {
    expect(Object.keys(entries)).toHaveLength(limits.statisticsKeys + 1);
    expect(entries['~other']).toMatchObject({ refused: 20, dead: { 'unknown-recipient': 20 } });
  }
});

test('what users send to machines and actors tell each other is not counted', async () => {
  const bot = defineBot({ id: 'bot', work: ({ step }) => step('one', () => 1) });
  const { troupe } = await teamOf([bot]);
  await troupe.run(bot, undefined);
  expect(await troupe.messages.statistics()).toMatchObject({ ...zero, types: {}, bots: {} });
});

test('property: percentiles are at most a sixteenth too high, mean and max exact', () => {
  const durations = fc.array(
    fc.oneof(fc.nat(40), fc.nat(5_000), fc.nat(limits.timerMs), fc.constant(limits.timerMs)),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(
    fc.property(durations, (all) => {
      const latencies = new Latencies();
      for (const ms of all) latencies.note(ms);
      const sorted = all.toSorted((a, b) => a - b);
      const report = latencies.report();
      for (const percent of [50, 95, 99] as const) {
        const exact = sorted[Math.ceil((all.length * percent) / 100) - 1] ?? 0;
        expect(report[`p${percent}`]).toBeGreaterThanOrEqual(exact);
        expect(report[`p${percent}`]).toBeLessThanOrEqual(exact < 32 ? exact : exact * (17 / 16));
      }
      expect(report.max).toBe(sorted.at(-1));
      expect(report.mean).toBeCloseTo(all.reduce((a, b) => a + b, 0) / all.length, 3);
    }),
  );
});

test('a latency longer than the histogram, or of a clock that was put back, harms nothing', () => {
  const latencies = new Latencies();
  latencies.note(-5);
  latencies.note(2 ** 40);
  expect(latencies.report()).toMatchObject({ mean: 2 ** 39, p50: 0, max: 2 ** 40 });
  expect(new Latencies().report()).toEqual(none);
});

test('property: the books balance in every story, and agree with the journal', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const life = new Life(story);
      const letters = await life.live();
      const { types, bots, since: _, ...all } = await life.statistics();
      for (const counts of [all, ...Object.values(types), ...Object.values(bots)]) {
        const dead = Object.values(counts.dead).reduce((sum, count) => sum + count, 0);
        const lost = dead - counts.refused - counts.failed;
        expect(counts.sent + counts.restored).toBe(counts.delivered + lost);
        expect([counts.waiting, counts.handling]).toEqual([0, 0]);
      }
      const rows = life.journal.rows(0, Number.POSITIVE_INFINITY);
      if (life.crashes === 0) {
        expect(all.delivered).toBe(rows.filter(({ type }) => type === 'message').length);
        const toBots = letters.filter(({ to }) => to.startsWith('bot/'));
        const reasons = Object.groupBy(toBots, ({ reason }) => reason);
        const counts = Object.entries(reasons).map(([reason, some]) => [reason, some.length]);
        expect(all.dead).toEqual(Object.fromEntries(counts));
      }
      await life.stop();
    }),
    { numRuns: 60 },
  );
});
