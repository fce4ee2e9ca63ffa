/** The simulated clock: a test moves it, and a seed decides the rest. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SimulatedClock, simulatedClock } from '../../src/clock/index.ts';

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

/** Runs a scripted chaos: calls that schedule calls, timers that set timers. */
function play(clock: SimulatedClock): unknown[] {
  const told: unknown[] = [clock.now()];
  const spread = (depth: number, name: string): void => {
    told.push(name, clock.now(), clock.random(), clock.id());
    if (depth === 0) return;
    for (const letter of ['a', 'b', 'c']) clock.soon(() => spread(depth - 1, name + letter));
    clock.after(Math.floor(clock.random() * 10), () => told.push(`${name}!`, clock.now()));
  };
  spread(3, '');
  while (clock.step() || clock.jump());
  return told;
}

test('property: the same seed gives the same time, chance, ids and order', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, shuffle) => {
      const first = play(simulatedClock(seed, { shuffle }));
      expect(play(simulatedClock(seed, { shuffle }))).toEqual(first);
      expect(first.length).toBe(1 + 40 * 4 + 13 * 2);
    }),
    { numRuns: 50 },
  );
});

test('property: another seed gives other chances', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const chances = (clock: SimulatedClock) => Array.from({ length: 8 }, () => clock.random());
      expect(chances(simulatedClock(seed))).not.toEqual(chances(simulatedClock(seed + 1)));
    }),
  );
});

test('given shuffled calls, when they run, then all run once, and not always in order', () => {
  const orders = [1, 2, 3, 4, 5].map((seed) => {
    const clock = simulatedClock(seed, { shuffle: true });
    const order: number[] = [];
    for (let index = 0; index < 20; index += 1) clock.soon(() => order.push(index));
    while (clock.step());
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    return order.join();
  });
  expect(new Set(orders).size).toBe(5);
});

test('given calls in order, when one schedules another, then that one is last', () => {
  const clock = simulatedClock(1);
  const order: string[] = [];
  clock.soon(() => {
    order.push('first');
    clock.soon(() => order.push('third'));
  });
  clock.soon(() => order.push('second'));
  while (clock.step());
  expect(order).toEqual(['first', 'second', 'third']);
  expect(clock.step()).toBe(false);
});

test('given timers, when the clock jumps, then the earliest fires, equals as they were set', () => {
  const clock = simulatedClock(1, { start: 1_000 });
  const fired: unknown[] = [];
  const note = (name: string) => () => fired.push(name, clock.now());
  clock.after(20, note('late'));
  clock.after(10, note('early'));
  const cancel = clock.after(15, note('cancelled'));
  clock.after(20, note('later'));
  cancel();
  cancel();
  expect(clock.nextDue()).toBe(1_010);
  while (clock.jump());
  expect(fired).toEqual(['early', 1_010, 'late', 1_020, 'later', 1_020]);
  expect(clock.nextDue()).toBe(undefined);
});

test('given a crash, when it is over, then nothing scheduled before runs', () => {
  const clock = simulatedClock(1, { start: 1_000 });
  clock.after(5, () => expect.unreachable('a timer of a dead process fired'));
  clock.soon(() => expect.unreachable('a call of a dead process ran'));
  const id = clock.id();
  clock.clear();
  expect([clock.step(), clock.jump(), clock.now()]).toEqual([false, false, 1_000]);
  expect(clock.id()).not.toBe(id);
});
