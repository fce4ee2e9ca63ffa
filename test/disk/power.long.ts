/** The law of power loss with the numbers of a night: 200 images of each kind, of several teams. */
import { expect, test } from 'vitest';
import { traceOfLives } from './kit/lives.ts';
import { losses } from './kit/power-loss.ts';
import { withLibrary } from './kit/with-library.ts';

const library = withLibrary();

test.for([1, 2, 3])(
  'given 200 power losses and 200 torn images (%d), then nothing acknowledged is lost',
  async (seed, { skip }) => {
    const traced = await traceOfLives(library(skip), 'power');
    for (const kind of ['power', 'torn'] as const) {
      const found = await losses(traced, { kind, count: 200, seed, durability: 'power' });
      const bad = found.filter(({ refused, wrong }) => refused !== undefined || wrong.length > 0);
      expect(bad, kind).toEqual([]);
    }
  },
);

test("given 200 power losses with durability: 'process', then what is left is whole", async ({
  skip,
}) => {
  const traced = await traceOfLives(library(skip), 'process');
  const lost = /was acknowledged and is missing$|has \d+ of \d+$/;
  for (const kind of ['power', 'torn'] as const) {
    const found = await losses(traced, { kind, count: 200, seed: 4, durability: 'process' });
    for (const { refused, wrong } of found) {
      expect(wrong.filter((sentence) => !lost.test(sentence))).toEqual([]);
      expect([undefined, 'JOURNAL_CUT']).toContain(refused);
    }
  }
});
