/** Waves: who has something to do comes back, the first at once, the others behind callers. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type SimulatedClock, simulatedClock } from '../../../src/clock/index.ts';
import { createTroupe, defineBot } from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { address, create, note, notesOf, rest, type Stand, send, stand } from '../fixtures.ts';

const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
const limits = { recoveryActors: 3, waveActors: 2 };

async function crashed(on: Stand): Promise<Stand> {
  on.clock.clear();
  return stand({ disk: on.disk, clock: on.clock, limits, isRecovering: true });
}

test('given many that are active, then each resumes once, and callers need not wait', async () => {
  const on = await stand();
  await create(on, ...names);
  const again = await crashed(on);
  expect(again.recovery.live).toBe(3);
  expect(again.host.residents).toBe(3);
  const asked = again.host.resume().then(() => {
    const early = again.resumed.length;
    return again.host
      .enter('ask', (stage) => stage.find(address('p19'))?.address)
      .then((found) => ({ early, late: again.resumed.length, found }));
  });
  await Promise.all([asked, rest(again.clock)]);
  const { early, late, found } = await asked;
  expect(found).toBe(address('p19'));
  expect([early, late < names.length]).toEqual([3, true]);
  expect(again.resumed.toSorted()).toEqual(names.map((name) => address(name)).toSorted());
});

test('given who comes back late with mail, then mail is applied first', async () => {
  const seen: unknown[] = [];
  const on = await stand({ limits: { groupTurns: 1 } });
  await create(on, ...names);
  const { host, disk } = on;
  const sent = host.enter('send', (stage) => {
    for (const name of names) stage.send(address(name), note('first'));
  });
  // One group takes the command and a single turn: the others' mail waits when the process ends.
  on.clock.step();
  await sent;
  expect(host.journal.waiting()).toHaveLength(names.length - 1);
  on.clock.clear();
  const again = await stand({
    disk,
    clock: on.clock,
    limits,
    resume: (cell) => void seen.push(cell.address, cell.snapshot.context.notes.length),
  });
  expect(notesOf(again, 'p18')).toEqual(['first']);
  expect(seen.slice(seen.indexOf(address('p18')))[1]).toBe(1);
});

test('given timers of who comes back late, then they fire once it is back, and once', async () => {
  const on = await stand();
  await create(on, ...names);
  for (const name of names) await send(on, name, { type: 'arm.a', ms: 10 });
  on.clock.clear();
  on.clock.leap(100);
  const again = await stand({ disk: on.disk, clock: on.clock, limits });
  await rest(again.clock);
  for (const name of names) expect(notesOf(again, name)).toEqual(['fired a']);
  expect(again.host.journal.timers()).toEqual([]);
});

test('given many callers, then who comes back is told first how long nobody worked', async () => {
  const bot = defineBot({
    id: 'slow',
    input: z.object({}),
    timeout: '3s',
    concurrency: 100,
    work: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  const world = { clock: simulatedClock(1), disk: simulatedDisk() };
  const begin = () =>
    createTroupe({
      definitions: [bot],
      clock: world.clock,
      journal: world.disk.open(),
      limits: { recoveryActors: 1, groupTurns: 2 },
    });
  const first = await awaited(world.clock, begin());
  const ids = Array.from({ length: 12 }, (_, n) => `${n}`);
  await awaited(world.clock, Promise.all(ids.map((id) => first.start(bot, {}, { id }))));
  world.clock.leap(1_000);
  await rest(world.clock);
  world.clock.clear();
  world.clock.leap(60_000);
  const troupe = await awaited(world.clock, begin());
  const others = Array.from({ length: 40 }, (_, n) => troupe.start(bot, {}, { id: `new ${n}` }));
  await awaited(world.clock, Promise.all(others));
  await rest(world.clock);
  const runs = await awaited(world.clock, Promise.all(ids.map((id) => troupe.get(bot, id))));
  const states = await awaited(world.clock, Promise.all(runs.map((run) => run?.snapshot())));
  expect(states.map((state) => [state?.status, state?.attempts])).toEqual(
    ids.map(() => ['IN_PROGRESS', 1]),
  );
});

/** Lets scheduled calls go on until a promise is settled. */
async function awaited<Value>(clock: SimulatedClock, promise: Promise<Value>): Promise<Value> {
  await rest(clock);
  return promise;
}
