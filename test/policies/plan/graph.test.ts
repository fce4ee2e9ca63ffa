/** What is worked out of a plan once: who waits for whom, and how urgent each step is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependentsOf, ranksOf, urgencyOf } from '../../../src/policies/plan/graph.ts';
import type { Plan } from '../../../src/protocol/index.ts';
import { plansOf, policyTraits, richPlansOf } from '../../machines/plans.ts';

test('property: each edge of a plan stands once in the dependents', () => {
  fc.assert(
    fc.property(plansOf(20), (plan) => {
      const forwards = dependentsOf(plan).flatMap((later, before) =>
        later.map((index) => `${before} ${index}`),
      );
      const backwards = plan.steps.flatMap(({ after }, index) =>
        after.map((before) => `${before} ${index}`),
      );
      expect(forwards.sort()).toEqual(backwards.sort());
      expect(dependentsOf({ steps: plan.steps })).toBe(dependentsOf(plan));
    }),
  );
});

test('property: a rank is the own estimate and the highest rank behind; the order follows', () => {
  fc.assert(
    fc.property(richPlansOf(15, policyTraits), (plan) => {
      const ranks = ranksOf(plan);
      const known = plan.steps.flatMap(({ estimateMs }) => estimateMs ?? []);
      const mean = known.length === 0 ? 1 : known.reduce((a, b) => a + b) / known.length;
      for (const [index, step] of plan.steps.entries()) {
        const behind = (dependentsOf(plan)[index] ?? []).map((one) => ranks[one] ?? Number.NaN);
        expect(ranks[index]).toBe(Math.max(0, ...behind) + (step.estimateMs ?? mean));
      }
      const { steps, places } = urgencyOf(plan);
      expect(steps.toSorted((a, b) => a - b)).toEqual([...plan.steps.keys()]);
      for (const [place, index] of steps.entries()) expect(places[index]).toBe(place);
      for (const [place, index] of steps.slice(1).entries()) {
        const [above = 0, below = 0] = [ranks[steps[place] ?? -1], ranks[index]];
        expect(above).toBeGreaterThanOrEqual(below);
      }
    }),
  );
});

test('a chain of 100,000 steps is ranked without running out of stack', () => {
  const chain: Plan = {
    steps: Array.from({ length: 100_000 }, (_, at) => ({
      name: `${at}`,
      after: at === 0 ? [] : [at - 1],
    })),
  };
  expect(ranksOf(chain)[0]).toBe(100_000);
});
