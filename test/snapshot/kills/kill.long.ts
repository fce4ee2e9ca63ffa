/** Kills at every place of a snapshot and of a restore. */
import { expect, test } from 'vitest';
import { killsIn } from './kills.ts';

const all = (calls: number) => Array.from({ length: calls }, (_, at) => at + 1);

test('given a kill at any place of a restore, then one journal is there or the other', async () => {
  const { contents } = await killsIn('restore', all);
  expect(new Set(contents)).toEqual(
    new Set(['worker/a, 0 letters', 'worker/a worker/b, 1 letters']),
  );
});

test('given a kill at any place of a snapshot, then it is there whole or not at all', async () => {
  const { contents, saved } = await killsIn('snapshot', all);
  expect(new Set(contents)).toEqual(new Set(['worker/a worker/b, 1 letters']));
  expect(new Set(saved)).toEqual(new Set([true, false]));
});
