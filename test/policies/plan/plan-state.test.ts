/**
 * How far a plan is, against a naive model that works everything out anew: from any state, loaded
 * or older ones included.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginPlan,
  endStep,
  type PlanState,
  type PlanStepEnd,
  startReady,
  stepsIn,
  verdictOf,
} from '../../../src/policies/plan/plan-state.ts';
import type { Plan, PlanRules } from '../../../src/protocol/index.ts';
import { planRules, plansOf, policyTraits, richPlansOf } from '../../machines/plans.ts';
import { NaivePlan } from './naive-plan.ts';

/** What happens to a plan: steps may start after something was spent, or one ends. */
type Move =
  | { readonly spends: number }
  | { readonly pick: number; readonly letter: PlanStepEnd['letter'] };

const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ spends: fc.nat(3).map((quarters) => quarters / 4) }),
  fc.record({
    pick: fc.nat(1_000),
    letter: fc.constantFrom(
      'C' as const,
      'C' as const,
      'C' as const,
      'F' as const,
      'X' as const,
      'K' as const,
    ),
  }),
);

const stories = fc.array(moves, { maxLength: 50, size: 'max' });
const plans = richPlansOf(12, policyTraits);
const loaded = (state: PlanState): PlanState => JSON.parse(JSON.stringify(state));

/** What one move does to a state. */
interface Done {
  readonly state: PlanState;
  readonly started: readonly number[];
}

/** Makes a move; which step ends is drawn among those under way. */
function made(plan: Plan, rules: PlanRules, state: PlanState, move: Move, spent: number): Done {
  if ('spends' in move) {
    const [next, started] = startReady(plan, state, rules, spent);
    return { state: next, started };
  }
  const open = [...state.progress].flatMap((letter, index) => (letter === 'S' ? [index] : []));
  const step = open[move.pick % Math.max(1, open.length)] ?? move.pick;
  return { state: endStep(plan, state, rules, { step, letter: move.letter }), started: [] };
}

describe('any plan under any rules', () => {
  test('property: the bookkeeping equals the naive model, whatever happens', () => {
    fc.assert(
      fc.property(plans, planRules, stories, (plan, rules, story) => {
        let state = beginPlan(plan);
        let naive = new NaivePlan(plan, rules);
        let spent = 0;
        for (const move of story) {
          if ('spends' in move) spent += move.spends;
          const before = state;
          const done = made(plan, rules, state, move, spent);
          state = done.state;
          if ('spends' in move) {
            const [next, started] = naive.started(spent);
            expect(done.started).toEqual(started);
            naive = next;
          } else {
            const open = naive.numbersOf('S');
            const step = open[move.pick % Math.max(1, open.length)];
            if (step === undefined) expect(state).toBe(before);
            else naive = naive.ended(step, move.letter);
          }
          expect(state.progress).toBe(naive.progress);
          expect(state.fatal).toBe(naive.fatal);
          expect(verdictOf(plan, state, rules, spent)).toEqual(naive.verdict(spent));
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('property: a loaded state and an older one go on as if they were the only one', () => {
    fc.assert(
      fc.property(plans, planRules, stories, fc.nat(), (plan, rules, story, pick) => {
        const states = [beginPlan(plan)];
        const dones: Done[] = [];
        for (const move of story) {
          const state = states.at(-1) ?? beginPlan(plan);
          const done = made(plan, rules, state, move, 1);
          dones.push(done);
          states.push(done.state);
        }
        const at = pick % (story.length + 1);
        const old = states[at] ?? beginPlan(plan);
        for (const from of [old, loaded(old)]) {
          let state = from;
          for (const [index, move] of story.slice(at).entries()) {
            const done = made(plan, rules, state, move, 1);
            expect(done).toEqual(dones[at + index]);
            expect(verdictOf(plan, done.state, rules, 1)).toEqual(
              verdictOf(plan, loaded(done.state), rules, 1),
            );
            state = done.state;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('property: a run that is carried on ends, with every step accounted for', () => {
    fc.assert(
      fc.property(plans, planRules, fc.infiniteStream(fc.nat(99)), (plan, rules, draws) => {
        let state = beginPlan(plan);
        const draw = (): number => draws.next().value ?? 0;
        for (let turn = 0; ; turn += 1) {
          expect(turn).toBeLessThanOrEqual(plan.steps.length);
          [state] = startReady(plan, state, rules);
          const open = [...state.progress].flatMap((one, index) => (one === 'S' ? [index] : []));
          const [first] = open;
          if (first === undefined) break;
          const letter = (['C', 'C', 'F', 'K'] as const)[draw() % 4] ?? 'C';
          state = endStep(plan, state, rules, {
            step: open[draw() % open.length] ?? first,
            letter,
          });
        }
        expect(verdictOf(plan, state, rules).is).not.toBe('open');
      }),
      { numRuns: 500 },
    );
  });

  test('property: a state is plain data, never changes, and names its steps', () => {
    fc.assert(
      fc.property(plans, planRules, stories, (plan, rules, story) => {
        let state = Object.freeze(beginPlan(plan));
        for (const move of story) {
          const before = loaded(state);
          const { state: next } = made(plan, rules, state, move, 1);
          expect(state).toEqual(before);
          expect(loaded(next)).toEqual(next);
          state = Object.freeze(next);
          for (const letters of ['W', 'S', 'CK', 'FXO'])
            expect(stepsIn(plan, state, letters)).toEqual(
              plan.steps.flatMap(({ name }, index) =>
                letters.includes(state.progress[index] ?? '?') ? [name] : [],
              ),
            );
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the order of starts', () => {
  const rules: PlanRules = { concurrency: 1 };
  const orderOf = (plan: Plan, own: PlanRules = rules): string[] => {
    const names: string[] = [];
    let state = beginPlan(plan);
    for (;;) {
      const [next, started] = startReady(plan, state, own);
      names.push(...started.map((index) => plan.steps[index]?.name ?? ''));
      const step = next.progress.indexOf('S');
      if (step < 0) return names;
      state = endStep(plan, next, own, { step, letter: 'C' });
    }
  };

  test('the longest way to the end goes first, without an estimate the mean counts', () => {
    const plan: Plan = {
      steps: [
        { name: 'short', after: [], estimateMs: 1 },
        { name: 'head of a long way', after: [], estimateMs: 1 },
        { name: 'its end', after: [1], estimateMs: 10 },
        { name: 'unknown', after: [] },
      ],
    };
    expect(orderOf(plan)).toEqual(['head of a long way', 'its end', 'unknown', 'short']);
  });

  test('of two that are as urgent the cheaper goes first, then the one that stands first', () => {
    const plan: Plan = {
      steps: [
        { name: 'dear', after: [], cost: 2 },
        { name: 'first', after: [], cost: 1 },
        { name: 'second', after: [], cost: 1 },
        { name: 'free of charge', after: [] },
      ],
    };
    expect(orderOf(plan)).toEqual(['free of charge', 'first', 'second', 'dear']);
  });

  test('what waits for a person takes no place under the limit', () => {
    const plan: Plan = {
      steps: [
        { name: 'work', after: [] },
        { name: 'question', after: [], isFree: true },
        { name: 'more work', after: [] },
      ],
    };
    const [state, started] = startReady(plan, beginPlan(plan), rules);
    expect(started).toEqual([0, 1]);
    expect(state.progress).toBe('SSW');
  });
});

describe('budgets', () => {
  test('of steps whose cost nobody knows one runs at a time', () => {
    const plan: Plan = {
      steps: [
        { name: 'first', after: [], unpriced: true },
        { name: 'second', after: [], unpriced: true },
        { name: 'priced', after: [], cost: 1 },
      ],
    };
    const rules: PlanRules = { concurrency: 9, budget: 3 };
    const [state, started] = startReady(plan, beginPlan(plan), rules);
    expect(started).toEqual([0, 2]);
    const done = endStep(plan, state, rules, { step: 0, letter: 'C' });
    expect(startReady(plan, done, rules, 1)[1]).toEqual([1]);
    expect(verdictOf(plan, done, rules, 4)).toEqual({ is: 'overspent' });
  });

  const three: Plan = {
    steps: [
      { name: 'dear', after: [], cost: 5, estimateMs: 9 },
      { name: 'cheap', after: [], cost: 1, estimateMs: 1 },
      { name: 'unknown', after: [], estimateMs: 1 },
    ],
  };

  test('a step that the rest cannot bear does not begin, cheaper ones do', () => {
    const rules: PlanRules = { concurrency: 3, budget: 4 };
    const [state, started] = startReady(three, beginPlan(three), rules);
    expect(started).toEqual([2, 1]);
    expect(verdictOf(three, state, rules)).toEqual({ is: 'open' });
    const done = [1, 2].reduce(
      (at, step) => endStep(three, at, rules, { step, letter: 'C' }),
      state,
    );
    expect(startReady(three, done, rules, 1)).toEqual([done, []]);
    expect(verdictOf(three, done, rules, 1)).toEqual({ is: 'overspent' });
  });

  test('what started steps may cost is set aside, in whatever order they began', () => {
    // A little more than 1 - 0.3 - 0.2 - 0.1 is, as numbers go.
    const last = 1 - 0.1 - 0.2 - 0.3;
    const costs: Plan = {
      steps: [0.3, 0.2, 0.1, last].map((cost, index) => ({
        name: `${index}`,
        after: [],
        cost,
        estimateMs: index % 3,
      })),
    };
    const [state, started] = startReady(costs, beginPlan(costs), { concurrency: 3, budget: 0.6 });
    expect(started).toEqual([2, 1, 0]);
    const more: PlanRules = { concurrency: 4, budget: 1 };
    const kept = startReady(costs, state, more)[1];
    expect(kept).toEqual(startReady(costs, loaded(state), more)[1]);
  });

  test('more than the budget is spent: nothing begins any more', () => {
    const rules: PlanRules = { concurrency: 3, budget: 4 };
    expect(startReady(three, beginPlan(three), rules, 4.5)[1]).toEqual([]);
    expect(verdictOf(three, beginPlan(three), rules, 4.5)).toEqual({ is: 'overspent' });
    expect(verdictOf(three, beginPlan(three), rules, 4)).toEqual({ is: 'open' });
  });

  test('a quorum that cannot be paid for is no wait for ever', () => {
    const rules: PlanRules = { concurrency: 3, budget: 0, need: 2 };
    const [state] = startReady(three, beginPlan(three), rules);
    const done = endStep(three, state, rules, { step: 2, letter: 'C' });
    expect(verdictOf(three, done, rules)).toEqual({ is: 'overspent' });
  });
});

test('a failure that somebody asks for fails no run, a cancellation is another matter', () => {
  const plan: Plan = {
    steps: [
      { name: 'risky', after: [] },
      { name: 'rescue', after: [0], runsWhen: { step: 0, is: ['FAILED'] } },
    ],
  };
  const rules: PlanRules = { concurrency: 1 };
  const [begun] = startReady(plan, beginPlan(plan), rules);
  const failed = endStep(plan, begun, rules, { step: 0, letter: 'F' });
  expect(verdictOf(plan, failed, rules)).toEqual({ is: 'open' });
  expect(startReady(plan, failed, rules)[1]).toEqual([1]);
  const cancelled = endStep(plan, begun, rules, { step: 0, letter: 'X' });
  expect(cancelled.progress).toBe('XO');
  expect(verdictOf(plan, cancelled, rules)).toEqual({ is: 'failed', step: 0 });
});

test('the end of a step that is not under way changes nothing', () => {
  const plan: Plan = { steps: [{ name: 'only', after: [] }] };
  const rules: PlanRules = { concurrency: 1 };
  const begun = beginPlan(plan);
  for (const step of [0, 1, -1, Number.NaN])
    expect(endStep(plan, begun, rules, { step, letter: 'C' })).toBe(begun);
});

test('property: a plan without traits and failures runs every step once, within the limit', () => {
  fc.assert(
    fc.property(
      plansOf(30),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      (plan, concurrency, pick) => {
        const rules: PlanRules = { concurrency };
        const seen: number[] = [];
        let state = beginPlan(plan);
        for (;;) {
          const [next, started] = startReady(plan, state, rules);
          for (const index of started)
            for (const before of plan.steps[index]?.after ?? [])
              expect(next.progress[before]).toBe('C');
          seen.push(...started);
          const open = [...next.progress].flatMap((one, index) => (one === 'S' ? [index] : []));
          expect(open.length).toBeLessThanOrEqual(concurrency);
          const step = open[pick % Math.max(1, open.length)];
          if (step === undefined) break;
          state = endStep(plan, next, rules, { step, letter: 'C' });
        }
        expect(seen.toSorted((a, b) => a - b)).toEqual([...plan.steps.keys()]);
        expect(verdictOf(plan, state, rules)).toEqual({ is: 'complete' });
      },
    ),
    { numRuns: 200 },
  );
});
