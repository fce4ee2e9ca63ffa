/**
 * All planted bugs are found, and nothing is found where none is planted.
 */
import { expect, test } from 'vitest';
import { bugs, type PlantedBug, teamNames } from './bugs/index.ts';
import { type Hunted, scriptsMax } from './hunt.ts';
import { hunted } from './hunting.ts';

/** Hunts a few at a time, in the order of the list. */
async function hunts(side: number): Promise<readonly Hunted[]> {
  const left = [...bugs.entries()];
  const found: Hunted[] = [];
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [at, bug]: [number, PlantedBug] = next;
      found[at] = await hunted(bug, scriptsMax);
    }
  };
  await Promise.all(Array.from({ length: side }, one));
  return found;
}

test('the kit finds every planted bug, most of them by a story of at most 8 steps', async () => {
  const found = await hunts(2);
  const told = found.map(
    ({ name, law, scripts, steps }) => `${name}: ${law} (${scripts}, ${steps})`,
  );
  const text = told.join('\n');
  const survivors = found.filter((one) => !one.found).map(({ name }) => name);
  expect(survivors, text).toEqual([]);
  const steps = found.map((one) => one.steps).toSorted((a, b) => a - b);
  expect(steps[Math.floor(steps.length / 2)], text).toBeLessThanOrEqual(8);
  const calm = found.filter(({ isCalmFine }) => isCalmFine).length;
  expect(calm / found.length, text).toBeGreaterThanOrEqual(0.8);
});

test.each(teamNames)('where nothing is planted nothing is found: %s', async (name) => {
  const { found, law, how, story } = await hunted(name, scriptsMax);
  expect([found, law, how], story).toEqual([false, '', '']);
});
