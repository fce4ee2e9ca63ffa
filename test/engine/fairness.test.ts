/** Turns are fair: a flooded actor holds up nobody. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulatedClock } from '../../src/clock/index.ts';
import { address, create, note, post, rest, stand } from './fixtures.ts';

test('property: between two turns of an actor with mail, others take one at most', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      async (floods, groupTurns) => {
        const on = await stand({ limits: { groupTurns } });
        const names = floods.map((_, index) => `actor-${index}`);
        await create(on, ...names);
        on.batches.length = 0;
        for (const [index, count] of floods.entries()) {
          const mail = Array.from({ length: count }, (_, n) => note(n));
          post(on, `actor-${index}`, ...mail);
        }
        await rest(on.clock);
        const turns = on.batches.flatMap(({ rows }) => rows.map(({ actor }) => actor));
        expect(turns).toHaveLength(floods.reduce((sum, count) => sum + count, 0));
        for (const [index, count] of floods.entries()) {
          const own = turns.flatMap((actor, at) => (actor === index + 1 ? [at] : []));
          expect(own).toHaveLength(count);
          for (const [nth, at] of own.entries()) {
            if (nth === 0) continue;
            const between = turns.slice((own[nth - 1] ?? 0) + 1, at);
            expect(new Set(between).size).toBe(between.length);
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('given slow commands, then turns have their own time in a group, and it ends', async () => {
  const clock = simulatedClock(1);
  let spent = 0;
  // Each look at it takes a millisecond; a group looks after every 32nd command and turn.
  const slow = { ...clock, now: () => clock.now() + spent++ };
  const on = await stand({ clock: slow });
  await create(on, 'actor');
  on.batches.length = 0;
  for (let command = 0; command < 300; command += 1) {
    void on.host.enter('slow', (stage) => {
      spent += 1;
      for (let mail = 0; mail < 10; mail += 1) stage.send(address('actor'), note(mail));
    });
  }
  await rest(on.clock);
  const turns = on.batches.map(({ rows }) => rows.length);
  expect(turns.reduce((sum, count) => sum + count, 0)).toBe(3_000);
  for (const count of turns.slice(0, -1)) expect(count).toBeGreaterThanOrEqual(64);
  for (const count of turns) expect(count).toBeLessThanOrEqual(192);
});
