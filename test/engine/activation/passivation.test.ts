/** Passivation: who is idle leaves memory when many are in it, and nobody can tell. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ActorEvent, asAddress, type Limits } from '../../../src/protocol/index.ts';
import { address, create, note, notesOf, rest, type Stand, send, stand } from '../fixtures.ts';

const people = ['ann', 'bob', 'cat', 'dan', 'eve'];

test('given more idle actors than may stay, then they leave and come back alike', async () => {
  const on = await stand({ limits: { activeActors: 2 } });
  await create(on, ...people);
  for (const name of people) await send(on, name, { type: 'idle' });
  for (let round = 0; round < 3; round += 1) await send(on, 'ann', note(round));
  expect(on.host.residents).toBeLessThanOrEqual(3);
  for (const name of people) await send(on, name, note(`for ${name}`));
  expect(notesOf(on, 'ann')).toEqual([0, 1, 2, 'for ann']);
  for (const name of people.slice(1)) expect(notesOf(on, name)).toEqual([`for ${name}`]);
});

test('given effects under way, mail or a listener, then an actor stays', async () => {
  const on = await stand({ limits: { activeActors: 0 } });
  await create(on, 'active', 'heard', 'idle');
  await send(on, 'heard', { type: 'idle' });
  const seen: unknown[] = [];
  const end = on.host.listen(address('heard'), {
    snapshot: ({ context }) => void seen.push(context.notes.length),
  });
  await send(on, 'idle', { type: 'idle' });
  for (let round = 0; round < 4; round += 1) await send(on, 'active', note(round));
  const [active, heard, idle] = ['active', 'heard', 'idle'].map((name) =>
    on.host.find(address(name)),
  );
  expect(on.resumed).toEqual([]);
  expect(active?.isPassive).toBe(false);
  await send(on, 'heard', note('still'));
  expect(seen.at(-1)).toBe(1);
  expect(heard?.isPassive).toBe(false);
  end?.();
  for (let round = 0; round < 4; round += 1) await send(on, 'active', note(round));
  expect([heard?.isPassive, idle?.isPassive]).toEqual([true, true]);
});

test('given actors that are only looked at, then they leave again by themselves', async () => {
  const on = await stand({ limits: { activeActors: 3 } });
  const names = Array.from({ length: 50 }, (_, n) => `idle${n}`);
  await create(on, ...names);
  for (const name of names) await send(on, name, { type: 'idle' });
  await rest(on.clock);
  expect(on.host.residents).toBeLessThanOrEqual(3);
  for (const name of names) expect(on.host.find(address(name))?.isDone).toBe(false);
  expect(on.host.residents).toBeGreaterThan(40);
  await rest(on.clock);
  expect(on.host.residents).toBeLessThanOrEqual(3);
});

test('given somebody held on to an actor that left, then changing it is refused', async () => {
  const on = await stand({ limits: { activeActors: 0 } });
  await create(on, 'ann', 'bob');
  await send(on, 'ann', { type: 'idle' });
  const held = on.host.find(address('ann'));
  for (let round = 0; round < 4; round += 1) await send(on, 'bob', note(round));
  expect(held?.isPassive).toBe(true);
  const changing = on.host.enter('test', (stage) => held && stage.touch(held));
  const refused = expect(changing).rejects.toMatchObject({ code: 'BROKEN_INVARIANT' });
  await Promise.all([refused, rest(on.clock)]);
});

interface Change {
  readonly to: string;
  readonly event: ActorEvent;
  readonly waits: number;
  readonly crashes: boolean;
}

const changes = fc.array(
  fc.record<Change>({
    to: fc.constantFrom(...people),
    event: fc.oneof(
      fc.nat(99).map((n) => note(n)),
      fc.constantFrom({ type: 'idle' }, { type: 'disarm.a' }, { type: 'disarm.b' }),
      fc.nat(40).map((ms) => ({ type: 'arm.a', ms })),
      fc.nat(40).map((ms) => ({ type: 'arm.b', ms })),
    ),
    waits: fc.nat(30),
    crashes: fc.boolean(),
  }),
  { maxLength: 25 },
);

test('property: whoever leaves memory, whenever, all is as if everybody had stayed', async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(3), async (story, activeActors) => {
      const [small, large] = await Promise.all([
        told(story, { activeActors, recoveryActors: 1, waveActors: 1, pageTimers: 1 }),
        told(story, {}),
      ]);
      expect(small).toEqual(large);
    }),
    { numRuns: 60 },
  );
});

/** What everybody was told in the end, and what is armed. */
async function told(story: readonly Change[], limits: Partial<Limits>) {
  let on = await stand({ limits });
  await create(on, ...people);
  for (const { to, event, waits, crashes } of story) {
    await send(on, to, event);
    await pass(on, waits);
    if (!crashes) continue;
    on.clock.clear();
    on = await stand({ limits, disk: on.disk, clock: on.clock });
    await rest(on.clock);
  }
  await pass(on, 100);
  const timers = on.host.journal.timers();
  return { notes: people.map((name) => notesOf(on, name)), timers };
}

/** Lets time pass; what is due on the way fires when it is. */
async function pass({ clock }: Stand, ms: number): Promise<void> {
  const until = clock.now() + ms;
  for (let due = clock.nextDue(); due !== undefined && due <= until; due = clock.nextDue()) {
    clock.jump();
    await rest(clock);
  }
  clock.leap(until - clock.now());
}

test('an address of nobody is nobody, however few may stay', async () => {
  const on = await stand({ limits: { activeActors: 0 } });
  expect(on.host.find(asAddress('run/nobody'))).toBeUndefined();
});
