/**
 * What is worked out of a plan once and remembered with its steps: who waits for whom, and how
 * urgent each step is. Plans of many runs may share their steps.
 */
import type { Condition, Plan } from '../../protocol/index.ts';

interface Facts {
  dependents?: readonly (readonly number[])[];
  meanMs?: number;
  ranks?: readonly number[];
  urgency?: Urgency;
  askers?: ReadonlyMap<number, readonly Asker[]>;
}

const facts = new WeakMap<Plan['steps'], Facts>();

function factsOf({ steps }: Plan): Facts {
  const found = facts.get(steps);
  if (found !== undefined) return found;
  const made: Facts = {};
  facts.set(steps, made);
  return made;
}

/** For each step, the steps that wait for it. */
export function dependentsOf(plan: Plan): readonly (readonly number[])[] {
  const known = factsOf(plan);
  known.dependents ??= inverted(plan);
  return known.dependents;
}

function inverted({ steps }: Plan): readonly (readonly number[])[] {
  const made: number[][] = steps.map(() => []);
  for (const [index, step] of steps.entries()) {
    for (const before of step.after) made[before]?.push(index);
  }
  return made;
}

/** What a step without an estimate counts as: the mean of the others, 1 when there is none. */
export function meanEstimate(plan: Plan): number {
  const known = factsOf(plan);
  known.meanMs ??= meanOf(plan);
  return known.meanMs;
}

function meanOf({ steps }: Plan): number {
  let sum = 0;
  let count = 0;
  for (const { estimateMs } of steps) {
    if (estimateMs === undefined) continue;
    sum += estimateMs;
    count += 1;
  }
  return count === 0 ? 1 : sum / count;
}

/**
 * For each step, milliseconds of the longest way from its beginning to the end of the plan (its
 * upward rank without communication; H. Topcuoglu et al., "Performance-effective and
 * low-complexity task scheduling", 2002). A step without an estimate counts as the mean of those
 * with one, all as 1 when there is none.
 */
export function ranksOf(plan: Plan): readonly number[] {
  const known = factsOf(plan);
  known.ranks ??= longestWays(plan);
  return known.ranks;
}

function longestWays(plan: Plan): readonly number[] {
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
}

/** Steps by urgency, and the place of each among them. */
export interface Urgency {
  /** All steps: the longest way to the end first, then the cheaper, then as they stand. */
  readonly steps: readonly number[];
  /** For each step, its place in that order. */
  readonly places: readonly number[];
}

/** The order in which steps that may start do so. It is settled with the plan. */
export function urgencyOf(plan: Plan): Urgency {
  const known = factsOf(plan);
  known.urgency ??= ordered(plan);
  return known.urgency;
}

function ordered(plan: Plan): Urgency {
  const ranks = ranksOf(plan);
  const cost = (index: number): number => plan.steps[index]?.cost ?? 0;
  const steps = plan.steps
    .map((_, index) => index)
    .sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || cost(a) - cost(b) || a - b);
  const places: number[] = plan.steps.map(() => 0);
  for (const [place, index] of steps.entries()) places[index] = place;
  return { steps, places };
}

/** A step that asks for a bad end of another. */
export interface Asker {
  readonly step: number;
  /** The letter of that end. */
  readonly letter: 'F' | 'X';
}

/** Who asks for the failure, or the cancelling, of each step; others are left out. */
export function askersIn(plan: Plan): ReadonlyMap<number, readonly Asker[]> {
  const known = factsOf(plan);
  known.askers ??= askers(plan);
  return known.askers;
}

function askers({ steps }: Plan): ReadonlyMap<number, readonly Asker[]> {
  const found = new Map<number, Asker[]>();
  const add = (about: number, asker: Asker): void => {
    found.set(about, [...(found.get(about) ?? []), asker]);
  };
  const look = (condition: Condition | undefined, step: number): void => {
    if (typeof condition !== 'object') return;
    if ('all' in condition) for (const part of condition.all) look(part, step);
    else if ('any' in condition) for (const part of condition.any) look(part, step);
    else {
      if (condition.is.includes('FAILED')) add(condition.step, { step, letter: 'F' });
      if (condition.is.includes('CANCELLED')) add(condition.step, { step, letter: 'X' });
    }
  };
  for (const [step, { runsWhen }] of steps.entries()) look(runsWhen, step);
  return found;
}
