/** The properties of workflows' stories, for a short and for a long test. */
import fc from 'fast-check';
import type { Crash } from '../../simulation/lives.ts';
import { type Story, storiesOf } from './drawn.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';

/** Any story of any plan keeps the laws. */
export const anyStory = fc.asyncProperty(
  storiesOf(6),
  fc.boolean(),
  async (story: Story, shuffle: boolean) => judge(story, await play(story, { shuffle })),
);

const crashes = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    moment: fc.constantFrom<Crash['moment']>('before', 'after'),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Crashes anywhere change none of that. */
export const anyCrash = fc.asyncProperty(
  storiesOf(5),
  crashes,
  fc.boolean(),
  async (story: Story, drawn: readonly Crash[], shuffle: boolean) => {
    const inOrder = drawn.toSorted((a, b) => a.at - b.at);
    judge(story, await play(story, { crashes: inOrder, shuffle }));
  },
);
