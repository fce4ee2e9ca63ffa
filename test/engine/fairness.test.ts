/** Turns are fair: a flooded actor holds up nobody. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { create, note, post, rest, stand } from './fixtures.ts';

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
