/**
 * Laws of workflows: any plan with all that steps can have, paused, resumed and cancelled at any
 * time, crashed at any commit: order, limit, budget, each step once, undo in reverse order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Story } from './drawn.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';
import { anyCrash, anyStory } from './properties.ts';

test('property: any story of any plan keeps the laws of workflows', async () => {
  await fc.assert(anyStory, { numRuns: 200, seed: 1 });
});

test('property: crashes anywhere change none of that', async () => {
  await fc.assert(anyCrash, { numRuns: 200, seed: 2 });
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

test('given a saga that fails, when it crashes at any commit, then it is undone', async () => {
  const { commits } = await play(saga);
  expect(commits).toBeGreaterThan(20);
  for (let at = 1; at <= commits; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const played = await play(saga, { crashes: [{ at, moment }] });
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
    lateMs: 0,
    undo: 'none',
    optional: false,
    when: true,
    runsWhen: 'fine',
    fallback: 'none',
    cost: 1,
    ...given,
  };
}
