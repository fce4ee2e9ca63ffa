/** The estimated end of a plan: against a schedule that goes on millisecond by millisecond. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastMs } from '../../../src/policies/plan/forecast.ts';
import {
  beginPlan,
  endStep,
  type PlanState,
  startReady,
} from '../../../src/policies/plan/plan-state.ts';
import type { Plan, PlanRules } from '../../../src/protocol/index.ts';
import { planRules, policyTraits, richPlansOf } from '../../machines/plans.ts';
import { NaivePlan } from './naive-plan.ts';

const estimated = richPlansOf(10, policyTraits).filter(({ steps }) =>
  steps.some(({ estimateMs }) => estimateMs !== undefined),
);

/** What each step takes: whole halves and the like stay exact in sums of so few. */
function takes(plan: Plan, step: number): number {
  const known = plan.steps.flatMap(({ estimateMs }) => estimateMs ?? []);
  const mean = known.reduce((sum, ms) => sum + ms, 0) / known.length;
  return plan.steps[step]?.estimateMs ?? mean;
}

/** The end of a naive plan whose steps end at these times. */
function naiveEnd(
  plan: Plan,
  rules: PlanRules,
  from: { naive: NaivePlan; ends: ReadonlyMap<number, number>; spent: number },
): number {
  let { naive, spent } = from;
  const ends = new Map(from.ends);
  for (let now = 0; ; ) {
    const [next, begun] = naive.started(spent);
    for (const step of begun) ends.set(step, now + takes(plan, step));
    naive = next;
    const isEnough = rules.need !== undefined && naive.numbersOf('C').length >= rules.need;
    if (isEnough || ends.size === 0) return now;
    now = Math.min(...ends.values());
    for (const [step, at] of [...ends].filter(([, one]) => one === now)) {
      if (at !== now) continue;
      ends.delete(step);
      spent += plan.steps[step]?.cost ?? 0;
      naive = naive.ended(step, 'C');
    }
  }
}

test('property: it is the end of the same run, carried out naively from any state', () => {
  const moves = fc.array(fc.tuple(fc.nat(99), fc.constantFrom('C', 'C', 'C', 'F', 'K')), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(estimated, planRules, moves, fc.nat(3), (plan, rules, story, ranMs) => {
      let state = beginPlan(plan);
      let naive = new NaivePlan(plan, rules);
      for (const [pick, drawn] of story) {
        [state] = startReady(plan, state, rules);
        [naive] = naive.started(0);
        const open = naive.numbersOf('S');
        const step = open[pick % Math.max(1, open.length)];
        if (step === undefined) break;
        const letter = drawn === 'F' ? 'F' : drawn === 'K' ? 'K' : 'C';
        state = endStep(plan, state, rules, { step, letter });
        naive = naive.ended(step, letter);
      }
      const ends = new Map(
        naive.numbersOf('S').map((step) => [step, Math.max(0, takes(plan, step) - ranMs)]),
      );
      const found = forecastMs(plan, state, rules, { ranMs: () => ranMs });
      expect(found).toBeCloseTo(naiveEnd(plan, rules, { naive, ends, spent: 0 }), 9);
    }),
    { numRuns: 500 },
  );
});

describe('a fork of two steps and their join', () => {
  const plan: Plan = {
    steps: [
      { name: 'long', after: [], estimateMs: 100 },
      { name: 'short', after: [], estimateMs: 40 },
      { name: 'join', after: [0, 1], estimateMs: 10 },
    ],
  };
  const rules: PlanRules = { concurrency: 2 };
  const under = (progress: string): PlanState => ({ progress });

  test('the longest way is what it takes', () => {
    expect(forecastMs(plan, beginPlan(plan), rules)).toBe(110);
    expect(forecastMs(plan, beginPlan(plan), { concurrency: 1 })).toBe(150);
  });

  test('what steps have run is behind them, more than their estimate is no debt', () => {
    expect(forecastMs(plan, under('SSW'), rules, { ranMs: () => 30 })).toBe(80);
    expect(forecastMs(plan, under('SSW'), rules, { ranMs: () => 300 })).toBe(10);
    expect(forecastMs(plan, under('SCW'), rules, { ranMs: () => 60 })).toBe(50);
  });

  test('at the end there is nothing left, also of a run that has failed', () => {
    expect(forecastMs(plan, under('CCC'), rules)).toBe(0);
    expect(forecastMs(plan, { progress: 'FCO', fatal: 0 }, rules)).toBe(0);
  });

  test('without any estimate nobody knows', () => {
    const blank: Plan = { steps: plan.steps.map(({ name, after }) => ({ name, after })) };
    expect(forecastMs(blank, beginPlan(blank), rules)).toBeUndefined();
    expect(forecastMs({ steps: [] }, { progress: '' }, rules)).toBeUndefined();
  });

  test('what ends at the same time has ended before anything begins', () => {
    const step = (after: number[], estimateMs: number) => ({ name: 'step', after, estimateMs });
    const alike: Plan = {
      steps: [
        ...[step([], 10), step([], 10), step([0], 25)],
        ...[step([1], 20), step([1], 20), step([3], 10), step([4], 10)],
      ],
    };
    expect(forecastMs(alike, beginPlan(alike), rules)).toBe(55);
  });

  test('a quorum ends it when so many are through', () => {
    const three: Plan = {
      steps: [30, 10, 20].map((estimateMs, index) => ({ name: `${index}`, after: [], estimateMs })),
    };
    expect(forecastMs(three, beginPlan(three), { concurrency: 3, need: 2 })).toBe(20);
  });
});
