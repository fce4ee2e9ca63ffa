/** The law of views: after any commit they show what the runs themselves say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Crash } from '../../simulation/lives.ts';
import { voyage } from '../../simulation/voyage.ts';
import { storiesOf } from '../../workflows/story/drawn.ts';
import { play } from '../../workflows/story/play.ts';
import { agrees } from './agrees.ts';
import { Watched } from './watched.ts';

const crashes = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    moment: fc.constantFrom<Crash['moment']>('before', 'after'),
  }),
  { maxLength: 2 },
);

test('property: after any commit of any plan the view says what the run says', async () => {
  await fc.assert(
    fc.asyncProperty(storiesOf(5), crashes, fc.boolean(), async (story, drawn, shuffle) => {
      const watched = new Watched(agrees);
      const inOrder = drawn.toSorted((a, b) => a.at - b.at);
      const { wrap, begins } = watched;
      await play(story, { crashes: inOrder, shuffle, wrap, begins });
      expect(await watched.looked()).toBeGreaterThan(0);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('given a team with work of all kinds, then its view says what its runs say', async () => {
  const watched = new Watched(agrees);
  const { wrap, begins } = watched;
  await voyage({ wrap, begins, crashes: [{ at: 50, moment: 'after' }] });
  expect(await watched.looked()).toBeGreaterThan(100);
});
