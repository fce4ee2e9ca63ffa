/** Mail through a host: order, conservation and fairness, with crashes at any commit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulatedClock } from '../../src/clock/index.ts';
import { address, create, creation, note, notesOf, post, rest, send, stand } from './fixtures.ts';
import { type Passed, pass, traffic } from './traffic.ts';

/** Per sender, recipient and priority: the order of applying is the order of sending. */
function checkOrder({ posted, applied }: Passed): void {
  for (const [bot, ids] of Object.entries(applied)) {
    const lanes = new Map<string, number[]>();
    for (const id of ids) {
      const message = posted[id];
      expect(message?.to).toBe(bot);
      const lane = message?.by.startsWith('client') ? message.priority : 'machine';
      const name = `${message?.by} ${lane}`;
      lanes.set(name, [...(lanes.get(name) ?? []), id]);
    }
    for (const lane of lanes.values()) expect(lane).toEqual(lane.toSorted((a, b) => a - b));
  }
}

test('property: mail is applied once, first in first out per sender and priority', async () => {
  const quiet = traffic.map((deeds) => deeds.filter((deed) => deed.do !== 'crash'));
  await fc.assert(
    fc.asyncProperty(quiet, fc.integer({ min: 1, max: 8 }), async (deeds, groupTurns) => {
      const passed = await pass(deeds, groupTurns);
      checkOrder(passed);
      const ids = Object.values(passed.applied).flat();
      expect(ids.toSorted((a, b) => a - b)).toEqual(passed.posted.map(({ id }) => id));
      expect(passed.posted.filter(({ isAcknowledged }) => !isAcknowledged)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('property: across crashes mail is applied once, the unacknowledged at most', async () => {
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(traffic, fc.integer({ min: 1, max: 8 }), async (deeds, groupTurns) => {
      const passed = await pass(deeds, groupTurns);
      checkOrder(passed);
      crashes += passed.crashes;
      const ids = Object.values(passed.applied).flat();
      expect(new Set(ids).size).toBe(ids.length);
      const acknowledged = passed.posted.filter(({ isAcknowledged }) => isAcknowledged);
      expect(acknowledged.filter(({ id }) => !ids.includes(id))).toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect(crashes).toBeGreaterThan(50);
});

test('given actors with much mail, then they take turns, and a group has its bound', async () => {
  const on = await stand({ limits: { groupTurns: 30 } });
  await create(on, 'ann', 'ben', 'carl');
  on.batches.length = 0;
  const all = Array.from({ length: 100 }, (_, n) => note(n));
  for (const name of ['ann', 'ben', 'carl']) post(on, name, ...all);
  await rest(on.clock);
  const groups = on.batches.map(({ rows }) => rows.map(({ actor }) => actor));
  expect(groups.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 30));
  for (const actors of groups.slice(1)) {
    expect(actors).toEqual(Array.from({ length: 30 }, (_, n) => (n % 3) + 1));
  }
  expect(notesOf(on, 'ann')).toEqual(all.map((event) => event.note));
});

test('given an actor with much mail, when another gets some, it waits one turn', async () => {
  const on = await stand({ limits: { groupTurns: 4 } });
  await create(on, 'ann', 'ben');
  post(on, 'ann', ...Array.from({ length: 100 }, (_, n) => note(n)));
  on.clock.step();
  on.batches.length = 0;
  on.host.tell(address('ben'), note('mine'));
  on.clock.step();
  const turns = on.batches.flatMap(({ rows }) => rows.map(({ actor }) => actor));
  expect(turns).toEqual([1, 2, 1, 1]);
});

test('given many commands, then a group takes a bounded number, in order', async () => {
  const on = await stand({ limits: { groupTurns: 10 } });
  const answered: number[] = [];
  for (let n = 1; n <= 35; n += 1) {
    void on.host
      .enter('create', (stage) => stage.create(creation(`p${n}`)))
      .then(({ actor }) => answered.push(actor));
  }
  await rest(on.clock);
  expect(on.batches.map(({ actors }) => actors.length)).toEqual([10, 10, 10, 5]);
  expect(answered).toEqual(Array.from({ length: 35 }, (_, n) => n + 1));
});

test('given turns that take long, then a group ends, but never at once', async () => {
  const clock = simulatedClock(1);
  let passedMs = 0;
  const on = await stand({ clock: { ...clock, now: () => clock.now() + passedMs } });
  await create(on, 'ann');
  on.batches.length = 0;
  const slow = {
    at: 0,
    get type() {
      passedMs += 1;
      return 'note';
    },
  };
  post(on, 'ann', ...Array.from({ length: 100 }, () => slow));
  await rest(on.clock);
  expect(on.batches.map(({ rows }) => rows.length)).toEqual([32, 32, 32, 4]);
});

test('given mail to itself, then a machine takes it behind what waits', async () => {
  const on = await stand();
  await create(on, 'ann');
  const self = address('ann');
  post(on, 'ann', { type: 'send', params: { to: [self], event: note('mine') } }, note('other'));
  await send(on, 'ann', note('later'));
  expect(notesOf(on, 'ann')).toEqual(['other', 'later', 'mine']);
});
