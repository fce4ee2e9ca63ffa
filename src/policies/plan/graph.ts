/** What is worked out of a plan once: who waits for whom, and how urgent each step is. */
import type { Condition, Plan, PlanStep } from '../../protocol/index.ts';

const dependents = new WeakMap<Plan, readonly (readonly number[])[]>();

/** For each step, the steps that wait for it. Remembered for each plan. */
export function dependentsOf(plan: Plan): readonly (readonly number[])[] {
  const found = dependents.get(plan);
  if (found !== undefined) return found;
  const made: number[][] = plan.steps.map(() => []);
  for (const [index, step] of plan.steps.entries()) {
    for (const before of step.after) made[before]?.push(index);
  }
  dependents.set(plan, made);
  return made;
}

const ranks = new WeakMap<Plan, readonly number[]>();

/**
 * For each step, milliseconds of the longest way from its beginning to the end of the plan (its
 * upward rank without communication; H. Topcuoglu et al., "Performance-effective and
 * low-complexity task scheduling", 2002). A step without an estimate counts as the mean of those
 * with one, all as 1 when there is none. Remembered for each plan.
 */
export function ranksOf(plan: Plan): readonly number[] {
  const found = ranks.get(plan);
  if (found !== undefined) return found;
  const otherwise = meanEstimate(plan);
  const followers = dependentsOf(plan);
  const left = followers.map((those) => those.length);
  const made = plan.steps.map(() => 0);
  const queue = [...left.keys()].filter((index) => left[index] === 0);
  for (const index of queue) {
    const step = plan.steps[index];
    const longest = (followers[index] ?? []).reduce((ms, at) => Math.max(ms, made[at] ?? 0), 0);
    made[index] = longest + (step?.estimateMs ?? otherwise);
    for (const before of step?.after ?? []) {
      const open = (left[before] ?? 0) - 1;
      left[before] = open;
      if (open === 0) queue.push(before);
    }
  }
  ranks.set(plan, made);
  return made;
}

/** What a step without an estimate counts as. */
export function meanEstimate({ steps }: Plan): number {
  const known = steps.flatMap(({ estimateMs }) => (estimateMs === undefined ? [] : [estimateMs]));
  return known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length;
}

const handled = new WeakMap<Plan, ReadonlySet<number>>();

/** Steps whose failure another step asks for: it is no failure of the run. */
export function handledIn(plan: Plan): ReadonlySet<number> {
  const found = handled.get(plan);
  if (found !== undefined) return found;
  const made = new Set(plan.steps.flatMap(({ runsWhen }: PlanStep) => askedFor(runsWhen)));
  handled.set(plan, made);
  return made;
}

function askedFor(condition: Condition | undefined): readonly number[] {
  if (typeof condition !== 'object') return [];
  if ('all' in condition) return condition.all.flatMap(askedFor);
  if ('any' in condition) return condition.any.flatMap(askedFor);
  return condition.is.includes('FAILED') ? [condition.step] : [];
}
