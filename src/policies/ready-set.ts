/**
 * The ready set of a plan: which steps may start, and what a finished step sets free.
 *
 * Kahn's algorithm (A. B. Kahn, 1962) run step by step: each edge is looked at once in the whole
 * life of a plan. A set is never changed but copied, which costs a step of a plan of 2,000 about
 * 5 microseconds and one of 20,000 about 100.
 */
import type { Plan } from '../protocol/index.ts';

/** How far a plan is. Steps are numbered by their place in the plan. */
export interface ReadySet {
  /** One letter for each step: W waiting, S started, C completed, F failed or cancelled. */
  readonly progress: string;
  /** How many steps each step still waits for. */
  readonly unmet: readonly number[];
  /** Steps that may start, in the order in which they became ready. */
  readonly ready: readonly number[];
  /** How many have started and not finished. */
  readonly running: number;
}

/** The ready set of a plan that has not begun. */
export function initialReadySet(plan: Plan): ReadySet {
  const unmet = plan.steps.map((step) => step.after.length);
  const ready = unmet.flatMap((count, index) => (count === 0 ? [index] : []));
  return { progress: 'W'.repeat(plan.steps.length), unmet, ready, running: 0 };
}

/** Starts what may start under the limit; gives the new set and the steps started. */
export function startReady(set: ReadySet, limit: number): [ReadySet, readonly number[]] {
  const count = Math.max(0, Math.min(set.ready.length, limit - set.running));
  if (count === 0) return [set, []];
  const started = set.ready.slice(0, count);
  const next = {
    ...set,
    progress: started.reduce((text, index) => withLetter(text, index, 'S'), set.progress),
    ready: set.ready.slice(count),
    running: set.running + count,
  };
  return [next, started];
}

/** Notes how a started step ended; a completed one sets its dependents free. */
export function settleStep(plan: Plan, set: ReadySet, index: number, completed: boolean): ReadySet {
  if (set.progress[index] !== 'S') return set;
  const progress = withLetter(set.progress, index, completed ? 'C' : 'F');
  const running = set.running - 1;
  if (!completed) return { ...set, progress, running };
  const unmet = [...set.unmet];
  const freed = (dependentsOf(plan)[index] ?? []).filter((dependent) => {
    const left = (unmet[dependent] ?? 0) - 1;
    unmet[dependent] = left;
    return left === 0;
  });
  return { progress, unmet, running, ready: [...set.ready, ...freed] };
}

/** The steps of a plan that are in the given state. */
export function stepsIn(plan: Plan, set: ReadySet, letter: 'W' | 'S' | 'C' | 'F'): string[] {
  return plan.steps.flatMap((step, index) => (set.progress[index] === letter ? [step.name] : []));
}

/** Whether every step completed. */
export const isComplete = (set: ReadySet): boolean =>
  set.running === 0 && set.ready.length === 0 && !/[WSF]/.test(set.progress);

const known = new WeakMap<Plan, readonly (readonly number[])[]>();

/** For each step, the steps that wait for it. Remembered for each plan. */
export function dependentsOf(plan: Plan): readonly (readonly number[])[] {
  const found = known.get(plan);
  if (found !== undefined) return found;
  const dependents: number[][] = plan.steps.map(() => []);
  for (const [index, step] of plan.steps.entries()) {
    for (const before of step.after) dependents[before]?.push(index);
  }
  known.set(plan, dependents);
  return dependents;
}

const withLetter = (text: string, index: number, letter: string): string =>
  text.slice(0, index) + letter + text.slice(index + 1);
