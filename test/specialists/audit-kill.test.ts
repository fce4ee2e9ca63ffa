/**
 * Audits that are killed by the system, at commits that a seed chooses: they go on, their results
 * are those of an audit that nobody disturbed, and nothing that was recorded is done again.
 */
import { expect, test } from 'vitest';
import { journey, undisturbed } from './killing.ts';

test('given five kills in two audits, then each result is that of a calm audit', async () => {
  const { folder, told } = await undisturbed();
  const kills = await Promise.all([journey(folder, told, 1, 3), journey(folder, told, 2, 2)]);
  expect(kills).toEqual([3, 2]);
});
