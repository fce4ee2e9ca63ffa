/** The contract between `step.ts` and XState with many stories. */
import { test } from 'vitest';
import { holdToLiveActors } from './step-contract.ts';

test('property: a step decides what a live actor does, in many stories', () => {
  holdToLiveActors(2_000);
});
