/** Metrics: what they say of a team's work, and that their names are those of docs/METRICS.md. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, type Journal, type Metrics, memoryJournal } from '../../src/index.ts';
import { troupeError } from '../../src/protocol/index.ts';
import { Meter } from '../../src/troupe/life/metrics.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const page = readFileSync(new URL('../../docs/METRICS.md', import.meta.url), 'utf8');

const desk = defineBot({
  id: 'desk',
  retry: false,
  work: ({ sleep }) => sleep('nap', '1h'),
  on: {
    note: handler(z.number(), () => {}),
    fail: handler(z.number(), () => {
      throw new RangeError('no');
    }),
  },
});

test('each name is documented, and what is documented is there, with its type', async () => {
  const { troupe } = await teamOf([desk]);
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\w ]+) \| .+ \|$/gm)];
  const documented = Object.fromEntries(rows.map(([, name, type]) => [name, type]));
  const there = Object.entries(troupe.metrics()).map(([name, value]) => {
    const type = name === 'mailboxLargestActor' ? 'text or null' : typeof value;
    return [name, type];
  });
  expect(documented).toEqual(Object.fromEntries(there));
  expect(JSON.parse(JSON.stringify(troupe.metrics()))).toEqual(troupe.metrics());
});

const ofMessages = (metrics: Partial<Metrics>) => {
  const { messagesSent, messagesDelivered, messagesFailed, messagesDead, messagesWaiting } =
    metrics;
  return { messagesSent, messagesDelivered, messagesFailed, messagesDead, messagesWaiting };
};

test('given messages and runs, then they are counted, by type and by bot too', async () => {
  const { troupe, clock } = await teamOf([desk]);
  for (const type of ['note', 'note', 'fail'] as const) {
    await troupe.send(desk, { type, payload: 1 });
  }
  await troupe.start(desk, undefined, { id: 'd-1' });
  await clock.quiet();
  const metrics = troupe.metrics();
  expect(ofMessages(metrics)).toEqual({
    ...{ messagesSent: 3, messagesDelivered: 3, messagesFailed: 1 },
    ...{ messagesDead: 1, messagesWaiting: 0 },
  });
  expect(ofMessages(metrics.messagesByType.note ?? {})).toMatchObject({ messagesSent: 2 });
  expect(ofMessages(metrics.messagesByBot.desk ?? {})).toEqual(ofMessages(metrics));
  expect(metrics.messagesDeadByReason).toEqual({ failed: 1 });
  expect(metrics.runsInMemoryByStatus).toMatchObject({ BLOCKED: 1 });
  expect(metrics.actorsInMemory).toBeGreaterThan(2);
  expect(metrics.timersSet).toBeGreaterThan(0);
  expect(metrics.commits).toBeGreaterThan(3);
  expect(metrics.commitRowsMean * metrics.commits).toBeCloseTo(metrics.journalRows);
  expect(metrics.logged).toMatchObject({ 'message.failed': 1, 'team.recovered': 1 });
});

test('given mail that waits, then the fullest mailbox is named', async () => {
  const busy = defineBot({
    id: 'busy',
    concurrency: 1,
    on: { wait: handler(z.number(), () => new Promise(() => {})) },
  });
  const { troupe, clock } = await teamOf([busy]);
  for (let count = 0; count < 5; count += 1) await troupe.send(busy, { type: 'wait', payload: 1 });
  await clock.quiet();
  expect(troupe.metrics()).toMatchObject({
    mailboxLargestMessages: 4,
    mailboxLargestActor: 'bot/busy',
    messagesWaiting: 4,
    messagesHandling: 1,
  });
});

test('given a troupe that has stopped, then metrics are what it knew last', async () => {
  const { troupe } = await teamOf([desk]);
  await troupe.send(desk, { type: 'note', payload: 1 });
  const { journalRows } = troupe.metrics();
  await troupe.stop();
  expect(troupe.metrics()).toMatchObject({ messagesSent: 1, messagesDelivered: 1 });
  expect(troupe.metrics().journalRows).toBeGreaterThanOrEqual(journalRows);
});

test('given a journal that failed, then metrics still tell what was counted', async () => {
  const whole = memoryJournal();
  let isBroken = false;
  const journal: Journal = {
    ...whole,
    extent() {
      if (isBroken) throw troupeError('JOURNAL_FAILED', { path: 'x', reason: 'the disk' });
      return whole.extent();
    },
    commit(batch) {
      if (isBroken) throw troupeError('JOURNAL_FAILED', { path: 'x', reason: 'the disk' });
      whole.commit(batch);
    },
  };
  const { troupe, clock } = await teamOf([desk], { journal });
  await troupe.send(desk, { type: 'note', payload: 1 });
  await clock.quiet();
  const { journalRows, commits } = troupe.metrics();
  isBroken = true;
  const lost = troupe.send(desk, { type: 'note', payload: 1 });
  expect(await refused(lost)).toMatchObject({ code: 'JOURNAL_FAILED' });
  expect(troupe.metrics()).toMatchObject({ journalRows, commits });
});

test('a meter knows mean, percentile and most of what it was told', () => {
  const meter = new Meter();
  expect(meter.report()).toMatchObject({ commits: 0, commitMeanMs: 0, commitRowsMean: 0 });
  for (const tookMs of [1, 2, 3]) meter.note({ rows: [], timersArmed: [] }, tookMs);
  expect(meter.report()).toMatchObject({ commits: 3, commitMeanMs: 2, commitP99Ms: 3 });
});
