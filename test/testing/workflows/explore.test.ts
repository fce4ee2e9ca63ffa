/**
 * Exploring plans, against a naive walk through everything that can happen, worked out anew at each
 * place by the definitions of the words.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineWorkflow } from '../../../src/index.ts';
import type { Plan, PlanRules, StepEnd } from '../../../src/protocol/index.ts';
import { type EndLetter, explore, type Terrain } from '../../../src/testing/workflows/explore.ts';
import { possibleEnds } from '../../../src/testing/workflows/possible.ts';
import { isLost } from '../../../src/testing/workflows/unreachable.ts';
import { planRules, policyTraits, richPlansOf } from '../../machines/plans.ts';
import { NaivePlan } from '../../policies/plan/naive-plan.ts';

const letters: Readonly<Record<string, StepEnd>> = {
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};
const bounds = { states: 5_000, depth: 50, walks: 200, seed: 1 };

/** All ends of steps that a run can come to; found by trying everything. */
function naively({ plan, rules, ends }: Terrain): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = (before: NaivePlan): void => {
    const [now] = before.started(0);
    const { progress } = now;
    const key = `${progress} ${now.fatal}`;
    if (seen.has(key)) return;
    seen.add(key);
    for (const [step, letter] of [...progress].entries())
      if (letters[letter] !== undefined) found.add(`${step} ${letters[letter]}`);
    if (now.verdict(0).is !== 'open') return;
    for (const step of now.numbersOf('S'))
      for (const letter of ends[step] ?? []) walk(now.ended(step, letter));
  };
  walk(new NaivePlan(plan, rules));
  return found;
}

const endsOfSteps = fc.subarray<EndLetter>(['C', 'F', 'X', 'K'], { minLength: 1 });

const terrains: fc.Arbitrary<Terrain> = fc
  .tuple(richPlansOf(5, policyTraits), planRules)
  .chain(([plan, rules]: [Plan, PlanRules]) =>
    fc
      .array(endsOfSteps, { minLength: plan.steps.length, maxLength: plan.steps.length })
      .map((ends) => ({ plan, rules, ends })),
  );

function foundIn(terrain: Terrain, within = bounds) {
  const explored = explore(terrain, within);
  const found = new Set<string>();
  for (const step of terrain.plan.steps.keys())
    for (const end of Object.values(letters))
      if (explored.reached(step, end) !== undefined) found.add(`${step} ${end}`);
  return { explored, found };
}

test('property: all that a run can come to is reached, and nothing else', () => {
  fc.assert(
    fc.property(terrains, (terrain) => {
      const { explored, found } = foundIn(terrain);
      expect(explored.isExhausted).toBe(true);
      expect([...found].sort()).toEqual([...naively(terrain)].sort());
    }),
    { numRuns: 300 },
  );
});

test('property: a witness, played, ends with what it shows, and no shorter one does', () => {
  fc.assert(
    fc.property(terrains, fc.nat(4), (terrain, drawn) => {
      const { explored } = foundIn(terrain);
      const { steps } = terrain.plan;
      const step = drawn % Math.max(1, steps.length);
      for (const [letter, end] of Object.entries(letters)) {
        const story = explored.reached(step, end)?.witness();
        if (story === undefined) continue;
        let [now] = new NaivePlan(terrain.plan, terrain.rules).started(0);
        for (const line of story) {
          expect(now.letters[step]).not.toBe(letter);
          const [name = '', how] = line.split(' ');
          const at = steps.findIndex((one) => one.name === name);
          expect(now.letters[at]).toBe('S');
          const own = Object.entries(letters).find(([, word]) => word === how)?.[0] ?? '';
          [now] = now.ended(at, own).started(0);
        }
        expect(now.letters[step]).toBe(letter);
      }
    }),
    { numRuns: 200 },
  );
});

test('property: what is too large to be looked at whole is sampled, and nothing is made up', () => {
  fc.assert(
    fc.property(terrains, fc.integer({ min: 1, max: 6 }), (terrain, states) => {
      const { explored, found } = foundIn(terrain, { ...bounds, states, walks: 5 });
      const all = naively(terrain);
      expect([...found].filter((one) => !all.has(one))).toEqual([]);
      const possible = possibleEnds(terrain);
      const workflow = defineWorkflow({ id: 'drawn' });
      const words = Object.entries(letters);
      for (const step of terrain.plan.steps.keys()) {
        for (const [letter, end] of words)
          if (all.has(`${step} ${end}`))
            expect([...(possible[step] ?? [])], `${step} ${end}`).toContain(letter);
        const isReached = words.some(
          ([letter, end]) => letter !== 'O' && all.has(`${step} ${end}`),
        );
        if (isReached) expect(isLost({ workflow, terrain, explored, possible }, step)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

test('given a chain of 1,000 steps, then its stories reach the last, and the bound is told', () => {
  const steps = Array.from({ length: 1_000 }, (_, at) => ({
    name: `s${at}`,
    after: at === 0 ? [] : [at - 1],
  }));
  const ends = steps.map((): readonly EndLetter[] => ['C', 'F', 'X']);
  const explored = explore({ plan: { steps }, rules: { concurrency: 10 }, ends }, bounds);
  expect(explored.isExhausted).toBe(false);
  expect(explored.reached(999, 'FAILED')?.witness()).toHaveLength(1_000);
});

test('what is possible of a condition: any part may hold, all parts must', () => {
  const never = { step: 0, is: ['SKIPPED' as const] };
  const often = { step: 0, is: ['COMPLETED' as const] };
  const steps = [
    { name: 'a', after: [] },
    { name: 'any', after: [0], runsWhen: { any: [never, often] } },
    { name: 'all', after: [0], runsWhen: { all: [never, often] } },
    { name: 'always', after: [0], runsWhen: 'always' as const },
  ];
  const ends = steps.map((): readonly EndLetter[] => ['C', 'F']);
  const possible = possibleEnds({ plan: { steps }, rules: { concurrency: 1 }, ends });
  expect(possible.map((letters) => [...letters].join(''))).toEqual(['CF', 'CFO', 'O', 'CF']);
});

test.for([
  [{ depth: 2 }, 3],
  [{ states: 2 }, 2],
  [{ depth: 5 }, 5],
] as const)('given the bounds %j, then %i steps of five begin', ([given, count]) => {
  const steps = Array.from({ length: 5 }, (_, at) => ({
    name: `s${at}`,
    after: at === 0 ? [] : [at - 1],
  }));
  const ends = steps.map((): readonly EndLetter[] => ['C']);
  const within = { ...bounds, walks: 0, ...given };
  const explored = explore({ plan: { steps }, rules: { concurrency: 1 }, ends }, within);
  const began = steps.filter((_, at) => explored.started(at) !== undefined);
  expect(began).toHaveLength(count);
  expect(explored.isExhausted).toBe(count === 5);
});
