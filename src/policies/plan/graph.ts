/**
 * What is worked out of a plan once and remembered with it: who waits for whom, and how urgent each
 * step is.
 */
import type { Condition, Plan } from '../../protocol/index.ts';

/** Works it out at the first question about a plan. */
function remembered<Value>(make: (plan: Plan) => Value): (plan: Plan) => Value {
  const known = new WeakMap<Plan, { readonly value: Value }>();
  return (plan) => {
    const found = known.get(plan);
    if (found !== undefined) return found.value;
    const value = make(plan);
    known.set(plan, { value });
    return value;
  };
}

/** For each step, the steps that wait for it. */
export const dependentsOf: (plan: Plan) => readonly (readonly number[])[] = remembered((plan) => {
  const made: number[][] = plan.steps.map(() => []);
  for (const [index, step] of plan.steps.entries()) {
    for (const before of step.after) made[before]?.push(index);
  }
  return made;
});

/**
 * For each step, milliseconds of the longest way from its beginning to the end of the plan (its
 * upward rank without communication; H. Topcuoglu et al., "Performance-effective and
 * low-complexity task scheduling", 2002). A step without an estimate counts as the mean of those
 * with one, all as 1 when there is none.
 */
export const ranksOf: (plan: Plan) => readonly number[] = remembered((plan) => {
  const otherwise = meanEstimate(plan);
  const followers = dependentsOf(plan);
  const left = followers.map((those) => those.length);
  const made = plan.steps.map(() => 0);
  const queue = [...left.keys()].filter((index) => left[index] === 0);
  for (const index of queue) {
    const step = plan.steps[index];
    let longest = 0;
    for (const at of followers[index] ?? []) longest = Math.max(longest, made[at] ?? 0);
    made[index] = longest + (step?.estimateMs ?? otherwise);
    for (const before of step?.after ?? []) {
      const open = (left[before] ?? 0) - 1;
      left[before] = open;
      if (open === 0) queue.push(before);
    }
  }
  return made;
});

/** Steps by urgency, and the place of each among them. */
export interface Urgency {
  /** All steps: the longest way to the end first, then the cheaper, then as they stand. */
  readonly steps: readonly number[];
  /** For each step, its place in that order. */
  readonly places: readonly number[];
}

/** The order in which steps that may start do so. It is settled with the plan. */
export const urgencyOf: (plan: Plan) => Urgency = remembered((plan) => {
  const ranks = ranksOf(plan);
  const cost = (index: number): number => plan.steps[index]?.cost ?? 0;
  const steps = [...plan.steps.keys()].sort(
    (a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || cost(a) - cost(b) || a - b,
  );
  const places: number[] = plan.steps.map(() => 0);
  for (const [place, index] of steps.entries()) places[index] = place;
  return { steps, places };
});

/** What a step without an estimate counts as: the mean of the others, 1 when there is none. */
export const meanEstimate: (plan: Plan) => number = remembered(({ steps }) => {
  let sum = 0;
  let known = 0;
  for (const { estimateMs } of steps) {
    if (estimateMs === undefined) continue;
    sum += estimateMs;
    known += 1;
  }
  return known === 0 ? 1 : sum / known;
});

/** Steps whose failure another step asks for: it is no failure of the run. */
export const handledIn: (plan: Plan) => ReadonlySet<number> = remembered(
  ({ steps }) => new Set(steps.flatMap(({ runsWhen }) => askedFor(runsWhen, 'FAILED'))),
);

/** Steps whose cancellation another step asks for: it is no failure of the run. */
export const cancelsHandledIn: (plan: Plan) => ReadonlySet<number> = remembered(
  ({ steps }) => new Set(steps.flatMap(({ runsWhen }) => askedFor(runsWhen, 'CANCELLED'))),
);

function askedFor(
  condition: Condition | undefined,
  end: 'FAILED' | 'CANCELLED',
): readonly number[] {
  if (typeof condition !== 'object') return [];
  if ('all' in condition) return condition.all.flatMap((one) => askedFor(one, end));
  if ('any' in condition) return condition.any.flatMap((one) => askedFor(one, end));
  return condition.is.includes(end) ? [condition.step] : [];
}
