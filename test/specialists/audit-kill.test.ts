/**
 * Audits that are killed by the system, at commits that a seed chooses: they go on, their results
 * are those of an audit that nobody disturbed, and nothing that was recorded is done again.
 */
import { expect, test } from 'vitest';
import { killings } from './killing.ts';

test('given five kills, then each audit ends as if nobody had disturbed it', async () => {
  expect(await killings(5, 1)).toBeGreaterThanOrEqual(5);
});
