/** The law of snapshots on many drawn stories. */
import fc from 'fast-check';
import { test } from 'vitest';
import { goesBack, Story } from './going-back.ts';

test('property: a restored team is what it was, and ends as one that never left', async () => {
  await fc.assert(fc.asyncProperty(Story, goesBack), { numRuns: 300 });
});
