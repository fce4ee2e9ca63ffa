/** The laws of workflows on thousands of stories. */
import fc from 'fast-check';
import { test } from 'vitest';
import { anyCrash, anyStory } from './properties.ts';

test('property: thousands of stories keep the laws of workflows', async () => {
  await fc.assert(anyStory, { numRuns: 4_000, seed: 11 });
});

test('property: thousands of stories with crashes keep them too', async () => {
  await fc.assert(anyCrash, { numRuns: 4_000, seed: 12 });
});
