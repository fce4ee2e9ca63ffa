/** Timers of a host: they fire once, at once when overdue, never after they were cleared. */
import { expect, test } from 'vitest';
import { simulatedClock } from '../../src/clock/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import {
  address,
  create,
  creation,
  lettersOf,
  note,
  notesOf,
  post,
  quiesce,
  rest,
  type Stand,
  type StandOptions,
  send,
  stand,
} from './fixtures.ts';

async function armed(ms: number, given: StandOptions = {}): Promise<Stand> {
  const on = await stand(given);
  await create(on, 'ann');
  await send(on, 'ann', { type: 'arm.a', ms });
  return on;
}

test('given a timer, then it fires once, when it is due', async () => {
  const on = await armed(50);
  const due = on.clock.now() + 50;
  expect(on.clock.nextDue()).toBe(due);
  on.clock.jump();
  await rest(on.clock);
  expect([on.clock.now(), notesOf(on, 'ann')]).toEqual([due, ['fired a']]);
  await quiesce(on.clock);
  expect(notesOf(on, 'ann')).toEqual(['fired a']);
  expect(on.host.journal.timers()).toEqual([]);
});

test('given a timer that fires, then the commit of that turn clears it', async () => {
  const on = await armed(50);
  on.batches.length = 0;
  await quiesce(on.clock);
  expect(
    on.batches.map(({ rows, timersCleared, waiting }) => [rows.length, timersCleared, waiting]),
  ).toEqual([[1, [{ actor: 1, timer: 'a' }], []]]);
  expect(on.host.counts()).toEqual({ accepted: 1, applied: 1, dead: 0, refused: 0, pending: 0 });
});

test('given a timer armed anew, then only the later arming fires', async () => {
  const on = await armed(50);
  await send(on, 'ann', { type: 'arm.a', ms: 200 });
  await send(on, 'ann', { type: 'arm.b', ms: 100 });
  await quiesce(on.clock);
  expect(notesOf(on, 'ann')).toEqual(['fired b', 'fired a']);
});

test('given a timer that is cleared, then it does not fire, nor after a crash', async () => {
  const on = await armed(50);
  await send(on, 'ann', { type: 'disarm.a' });
  expect(on.clock.nextDue()).toBe(undefined);
  on.clock.clear();
  const again = await stand({ disk: on.disk, clock: on.clock });
  await quiesce(again.clock);
  expect(notesOf(again, 'ann')).toEqual([]);
});

test('given an overdue timer at recovery, then mail accepted before is applied first', async () => {
  const on = await armed(50, { limits: { groupTurns: 1 } });
  post(on, 'ann', note('first'), note('second'), note('third'));
  on.clock.step();
  expect(on.host.journal.waiting().length).toBe(2);
  on.clock.clear();
  on.clock.after(3_600_000, () => undefined);
  on.clock.jump();
  const again = await stand({ disk: on.disk, clock: on.clock, limits: { groupTurns: 1 } });
  const now = again.clock.now();
  await quiesce(again.clock);
  expect(notesOf(again, 'ann')).toEqual(['first', 'second', 'third', 'fired a']);
  expect(again.clock.now()).toBe(now);
});

test('given a firing in a mailbox, when its timer is cleared, then it is dropped', async () => {
  const on = await armed(50, { limits: { groupTurns: 1 } });
  post(on, 'ann', note('first'), { type: 'disarm.a' });
  on.clock.step();
  on.clock.jump();
  await quiesce(on.clock);
  expect(notesOf(on, 'ann')).toEqual(['first']);
  expect(on.batches.flatMap(({ rows }) => rows.map(({ type }) => type)).slice(-2)).toEqual([
    'note',
    'disarm.a',
  ]);
  expect(on.host.counts()).toEqual({ accepted: 3, applied: 3, dead: 0, refused: 0, pending: 0 });
});

test('given a firing in a mailbox, then it is no message that was accepted', async () => {
  const on = await armed(50, { limits: { groupTurns: 1 } });
  post(on, 'ann', note(1), note(2), note(3));
  on.clock.step();
  on.clock.jump();
  while (on.clock.step()) {
    const { accepted, applied, dead, pending } = on.host.counts();
    expect(accepted).toBe(applied + dead + pending);
  }
  expect(notesOf(on, 'ann')).toHaveLength(4);
});

test('given timers overdue at a restart, then they fire at once, in order', async () => {
  const on = await armed(50);
  await send(on, 'ann', { type: 'arm.b', ms: 30 });
  on.clock.clear();
  const clock = simulatedClock(2, { start: on.clock.now() + 10_000 });
  const again = await stand({ disk: on.disk, clock });
  await rest(clock);
  expect(again.clock.nextDue()).toBe(clock.now());
  await quiesce(again.clock);
  expect(clock.now()).toBe(on.clock.now() + 10_000);
  expect(notesOf(again, 'ann')).toEqual(['fired b', 'fired a']);
});

test('given a crash around the commit of a firing, then it is applied once', async () => {
  for (const moment of ['before', 'after'] as const) {
    let crashes = false;
    const disk = simulatedDisk({
      onCommit: (_, when) => {
        if (crashes && when === moment) throw new RangeError('crash');
      },
    });
    const on = await armed(50, { disk });
    crashes = true;
    await quiesce(on.clock);
    on.clock.clear();
    crashes = false;
    const again = await stand({ disk, clock: on.clock });
    expect(notesOf(again, 'ann')).toEqual(moment === 'before' ? [] : ['fired a']);
    await quiesce(again.clock);
    expect(notesOf(again, 'ann')).toEqual(['fired a']);
  }
});

test('given an actor that ends, then its timers are gone', async () => {
  const on = await armed(50);
  await send(on, 'ann', { type: 'finish' });
  expect([on.host.journal.timers(), on.clock.nextDue()]).toEqual([[], undefined]);
  expect(lettersOf(on)).toEqual([]);
});

test('given an actor that starts anew, then timers of its life before do not fire', async () => {
  const on = await armed(50);
  const restarted = on.host.enter('restart', (stage) => stage.restart(creation('ann')).identity);
  await rest(on.clock);
  expect((await restarted).generation).toBe(2);
  await send(on, 'ann', { type: 'arm.b', ms: 80 });
  expect(on.host.journal.timers().map(({ timer, generation }) => [timer, generation])).toEqual([
    ['b', 2],
  ]);
  await quiesce(on.clock);
  expect(notesOf(on, 'ann')).toEqual(['fired b']);
});

test('given many timers of many actors, then all fire in the order they are due', async () => {
  const on = await stand({ limits: { groupTurns: 7 } });
  const names = Array.from({ length: 40 }, (_, n) => `p${n}`);
  await create(on, ...names);
  const order: string[] = [];
  for (const [index, name] of names.entries()) {
    on.host.listen(address(name), { snapshot: () => void order.push(name) });
    on.host.tell(address(name), { type: 'arm.a', ms: 1 + ((index * 17) % 40) });
  }
  await rest(on.clock);
  order.length = 0;
  await quiesce(on.clock);
  const due = names.toSorted((a, b) => dueOf(names, a) - dueOf(names, b));
  expect(order).toEqual(due);
});

const dueOf = (names: readonly string[], name: string): number =>
  1 + ((names.indexOf(name) * 17) % 40);
