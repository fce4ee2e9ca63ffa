/** Kills in the middle of snapshots and restores, at some places; `kill.long.ts`: at all. */
import { expect, test } from 'vitest';
import { killsIn } from './kills.ts';

test('given a kill in a restore, then the one journal is there whole or the other', async () => {
  const { contents } = await killsIn('restore', (calls) => [1, Math.round(calls / 2)]);
  expect(new Set(contents)).toEqual(
    new Set(['worker/a, 0 letters', 'worker/a worker/b, 1 letters']),
  );
});

test('given a kill in a snapshot, then it is there whole or not at all', async () => {
  const { contents, saved } = await killsIn('snapshot', (calls) => [Math.round(calls / 2)]);
  expect(new Set(contents)).toEqual(new Set(['worker/a worker/b, 1 letters']));
  expect(new Set(saved)).toEqual(new Set([true, false]));
});
