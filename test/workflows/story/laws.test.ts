/**
 * Laws of workflows: any plan with all that steps can have, paused, resumed and cancelled at any
 * time, crashed at any commit: order, limit, budget, each step once, undo in reverse order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Story, storiesOf } from './drawn.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';

test('property: any story of any plan keeps the laws of workflows', async () => {
  const body = async (story: Story) => judge(story, await play(story));
  await fc.assert(fc.asyncProperty(storiesOf(6), body), { numRuns: 150, seed: 1 });
});

test('property: crashes anywhere change none of that', async () => {
  const crashes = fc.array(
    fc.record({ at: fc.integer({ min: 1, max: 60 }), moment: fc.constantFrom('before', 'after') }),
    { minLength: 1, maxLength: 3 },
  );
  const body = async (story: Story, drawn: { at: number; moment: 'before' | 'after' }[]) => {
    const ordered = drawn.toSorted((a, b) => a.at - b.at);
    judge(story, await play(story, ordered));
  };
  await fc.assert(fc.asyncProperty(storiesOf(5), crashes, body), { numRuns: 150, seed: 2 });
});

const saga: Story = {
  steps: [
    step({ undo: 'good' }),
    step({ work: 'bot', undo: 'bad', after: [0] }),
    step({ work: 'nest', undo: 'good', after: [0] }),
    step({ work: 'fan', after: [1] }),
    step({ fate: 'bad', after: [2, 3] }),
  ],
  concurrency: 2,
  onFailure: 'fail-fast',
  budget: undefined,
  deeds: [],
};

test('given a saga that fails, when it crashes at every commit in turn, then it is undone', async () => {
  const { commits } = await play(saga);
  expect(commits).toBeGreaterThan(20);
  for (let at = 1; at <= commits; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const played = await play(saga, [{ at, moment }]);
      judge(saga, played);
      expect(played.incidents).toEqual(['UNDO_FAILED']);
      expect(played.value.outcome.status).toBe('FAILED');
    }
  }
});

function step(given: Partial<Story['steps'][number]>): Story['steps'][number] {
  return {
    after: [],
    work: 'function',
    fate: 'good',
    ms: 5,
    undo: 'none',
    optional: false,
    when: true,
    runsWhen: 'fine',
    fallback: 'none',
    cost: 1,
    ...given,
  };
}
