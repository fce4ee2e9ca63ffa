/** The simulation is no model: the same scripts on SQLite, with real kills, do the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { play } from '../../../src/testing/simulation/index.ts';
import { publishing, scriptOf } from '../simulation/team.ts';
import { crashing, replayed } from './replayed.ts';
import { toldOf } from './told.ts';

test('given two crashes, then real kills of a real file give the same journal', async () => {
  const script = scriptOf([
    { fault: 'crash', commit: 5, moment: 'before' },
    { fault: 'crash', commit: 9, moment: 'after' },
    { fault: 'bot-error', call: { of: 'answer.draft', nth: 1 }, moment: 'after' },
  ]);
  const simulated = await play(publishing, script);
  const { told, kills } = await replayed(script);
  expect(kills).toBe(2);
  expect(told).toEqual(toldOf(simulated));
}, 60_000);

test('property: drawn scripts on SQLite give the journal of the simulation', async () => {
  const scripts = fc.sample(crashing, { seed: 11, numRuns: 3 });
  for (const script of scripts) {
    const simulated = await play(publishing, script);
    const { told } = await replayed(script);
    expect([script, told]).toEqual([script, toldOf(simulated)]);
  }
}, 120_000);
