/** The smoke simulation crashed at every commit in turn, and at many commits of each variant. */
import { describe, test } from 'vitest';
import {
  crashedInAnyOrder,
  crashedInRecovery,
  crashedInSingleTurns,
  crashedInTurn,
  crashedInWaves,
  moments,
} from './sweeps.ts';

describe.each(moments)('given a crash %s a commit', (moment) => {
  test('when it comes at every commit in turn, then nothing is different', async () => {
    await crashedInTurn(moment, { first: 1, step: 1 });
  });

  test('when recovery crashes too, then nothing is different', async () => {
    await crashedInRecovery(moment, { first: 2, step: 1 });
  });
});

test('given groups of a single turn and crashes, then nothing is different', async () => {
  await crashedInSingleTurns({ first: 1, step: 1 });
});

test('given actors that leave memory and return in waves, then nothing differs', async () => {
  await crashedInWaves({ first: 3, step: 3 });
});

test('given any order of the scheduler and crashes, then nothing is different', async () => {
  await crashedInAnyOrder(1_000);
});
