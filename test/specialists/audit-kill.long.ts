/** The kills of `audit-kill.test.ts`, fifty and more of them; each failure tells its seed. */
import { expect, test } from 'vitest';
import { killings } from './killing.ts';

test('given fifty kills, then each audit ends as if nobody had disturbed it', async () => {
  expect(await killings(50, 100)).toBeGreaterThanOrEqual(50);
});
