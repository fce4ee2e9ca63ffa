/**
 * How far a plan is: which steps may start, and what the end of a step sets free or rules out.
 *
 * Kahn's algorithm (A. B. Kahn, 1962) run step by step, ready steps in the order of their ranks
 * (list scheduling; R. Graham, "Bounds on multiprocessing timing anomalies", 1969). A state is a
 * text of letters and never changes. What can be worked out of it is kept beside the newest state
 * of a run and moves on with it, so that each edge is looked at once in the life of a plan; from an
 * older state, or one that was loaded, it is worked out anew.
 */
import type { Condition, Plan, PlanRules, StepEnd } from '../../protocol/index.ts';
import { dependentsOf, handledIn, ranksOf } from './graph.ts';

/**
 * The letters of a step: W waiting, S started, C completed, F failed, X cancelled, K skipped by its
 * own condition, O omitted because of how others ended.
 */
export type StepLetter = 'W' | 'S' | 'C' | 'F' | 'X' | 'K' | 'O';

/** How far a plan is. Steps are numbered by their place in the plan. */
export interface PlanState {
  /** One letter for each step. */
  readonly progress: string;
}

/** What has become of a plan. */
export type PlanVerdict =
  | { readonly is: 'open' }
  | { readonly is: 'complete' }
  /** A step failed that may not; absent: too few are left to complete. */
  | { readonly is: 'failed'; readonly step?: number }
  /** It has cost too much, or nothing that is left can be paid for. */
  | { readonly is: 'overspent' };

/** What can be worked out of a state. */
interface Desk {
  readonly letters: string[];
  /** How many steps each step still waits for. */
  readonly unmet: Int32Array;
  /** Steps that may start, the most urgent last. */
  readonly ready: number[];
  readonly counts: Record<StepLetter, number>;
  /** Started steps that take a place under the limit. */
  taken: number;
  /** What started steps may cost. */
  committed: number;
  /** A step that failed and may not have. */
  fatal: number | undefined;
}

const desks = new WeakMap<PlanState, Desk>();

/** The state of a plan that has not begun. */
export function beginPlan(plan: Plan, rules: PlanRules): PlanState {
  return { progress: openDesk(plan, rules, 'W'.repeat(plan.steps.length)).letters.join('') };
}

/**
 * Starts what may start under the rules, the longest way to the end first, then the cheaper, then
 * the one that stands first.
 * @param spent what the run has cost so far.
 */
export function startReady(
  plan: Plan,
  state: PlanState,
  rules: PlanRules,
  spent = 0,
): [PlanState, readonly number[]] {
  const desk = deskOf(plan, state, rules);
  if (desk.ready.length === 0 || isHalted(desk, rules, spent)) return [state, []];
  const started: number[] = [];
  for (let at = desk.ready.length - 1; at >= 0; at -= 1) {
    const index = desk.ready[at] ?? 0;
    const { isFree, cost = 0 } = plan.steps[index] ?? {};
    if (isFree !== true && desk.taken >= rules.concurrency) continue;
    if (!isAffordable(desk, rules, spent, cost)) continue;
    desk.ready.splice(at, 1);
    put(plan, desk, index, 'S');
    started.push(index);
  }
  return started.length === 0 ? [state, started] : [moved(desk, state), started];
}

/** Notes how a started step ended; others become ready by it, or are omitted. */
export function endStep(
  plan: Plan,
  state: PlanState,
  rules: PlanRules,
  end: { readonly step: number; readonly letter: 'C' | 'F' | 'X' | 'K' },
): PlanState {
  if (state.progress[end.step] !== 'S') return state;
  const desk = deskOf(plan, state, rules);
  settle(plan, desk, rules, end.step, end.letter);
  return moved(desk, state);
}

/** What has become of the plan. */
export function verdictOf(plan: Plan, state: PlanState, rules: PlanRules, spent = 0): PlanVerdict {
  const desk = deskOf(plan, state, rules);
  const { counts, fatal } = desk;
  if (rules.budget !== undefined && spent > rules.budget) return { is: 'overspent' };
  if (rules.need !== undefined) return quorum(desk, rules.need);
  if (fatal !== undefined && isFailFast(rules)) return { is: 'failed', step: fatal };
  if (counts.S > 0) return { is: 'open' };
  if (fatal !== undefined && (rules.onFailure === 'finish' || desk.ready.length === 0)) {
    return { is: 'failed', step: fatal };
  }
  if (desk.ready.length === 0) return { is: 'complete' };
  const canPay = desk.ready.some((index) =>
    isAffordable(desk, rules, spent, plan.steps[index]?.cost ?? 0),
  );
  return canPay ? { is: 'open' } : { is: 'overspent' };
}

/** The names of the steps of a plan that have one of these letters. */
export function stepsIn(plan: Plan, { progress }: PlanState, letters: string): string[] {
  const found: string[] = [];
  for (let index = 0; index < progress.length; index += 1) {
    if (!letters.includes(progress[index] ?? ' ')) continue;
    found.push(plan.steps[index]?.name ?? '');
  }
  return found;
}

/** Whether the end of a step is fine for those who wait for it. */
export function isFine(plan: Plan, rules: PlanRules, step: number, letter: string): boolean {
  if (letter === 'C' || letter === 'K') return true;
  if (letter !== 'F' && letter !== 'X') return false;
  return rules.onFailure === 'best-effort' || plan.steps[step]?.optional === true;
}

const isFailFast = ({ onFailure = 'fail-fast' }: PlanRules): boolean =>
  onFailure === 'fail-fast' || onFailure === 'retry';

function quorum({ counts, fatal }: Desk, need: number): PlanVerdict {
  if (counts.C >= need) return { is: 'complete' };
  if (counts.C + counts.W + counts.S >= need) return { is: 'open' };
  return fatal === undefined ? { is: 'failed' } : { is: 'failed', step: fatal };
}

/** Nothing more is to begin. */
function isHalted({ counts, fatal }: Desk, rules: PlanRules, spent: number): boolean {
  if (rules.budget !== undefined && spent > rules.budget) return true;
  if (rules.need !== undefined) return counts.C >= rules.need;
  return fatal !== undefined && rules.onFailure !== 'continue';
}

const isAffordable = (
  { committed }: Desk,
  { budget }: PlanRules,
  spent: number,
  cost: number,
): boolean => budget === undefined || spent + committed + cost <= budget;

function settle(plan: Plan, desk: Desk, rules: PlanRules, first: number, letter: StepLetter): void {
  put(plan, desk, first, letter);
  noteFatal(plan, desk, rules, first);
  const ended = [first];
  for (const index of ended) {
    for (const dependent of dependentsOf(plan)[index] ?? []) {
      const left = (desk.unmet[dependent] ?? 0) - 1;
      desk.unmet[dependent] = left;
      if (left > 0) continue;
      if (mayRun(plan, desk, rules, dependent)) enqueue(plan, desk, dependent);
      else {
        put(plan, desk, dependent, 'O');
        ended.push(dependent);
      }
    }
  }
}

function mayRun(plan: Plan, { letters }: Desk, rules: PlanRules, index: number): boolean {
  const { runsWhen, after = [] } = plan.steps[index] ?? {};
  const fine = (step: number): boolean => isFine(plan, rules, step, letters[step] ?? 'W');
  const holds = (condition: Condition): boolean => {
    if (condition === 'always') return true;
    if (typeof condition === 'number') return fine(condition);
    if ('all' in condition) return condition.all.every(holds);
    if ('any' in condition) return condition.any.some(holds);
    const end = ends[letters[condition.step] ?? 'W'];
    return end !== undefined && condition.is.includes(end);
  };
  return runsWhen === undefined ? after.every(fine) : holds(runsWhen);
}

/** How steps ended, by letter. */
export const ends: Readonly<Record<string, StepEnd | undefined>> = {
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};

function noteFatal(plan: Plan, desk: Desk, rules: PlanRules, index: number): void {
  const letter = desk.letters[index] ?? 'W';
  if (letter !== 'F' && letter !== 'X') return;
  if (isFine(plan, rules, index, letter) || handledIn(plan).has(index)) return;
  desk.fatal ??= index;
}

/** Gives a step its letter; the books follow. */
function put(plan: Plan, desk: Desk, index: number, letter: StepLetter): void {
  const before = letterAt(desk, index);
  const { isFree, cost = 0 } = plan.steps[index] ?? {};
  const places = (letter === 'S' ? 1 : 0) - (before === 'S' ? 1 : 0);
  if (isFree !== true) desk.taken += places;
  desk.committed += places * cost;
  desk.counts[before] -= 1;
  desk.counts[letter] += 1;
  desk.letters[index] = letter;
}

const letterAt = ({ letters }: Desk, index: number): StepLetter => asLetter(letters[index]);

const asLetter = (text: string | undefined): StepLetter =>
  text === 'S' || text === 'C' || text === 'F' || text === 'X' || text === 'K' || text === 'O'
    ? text
    : 'W';

/** Puts a step where its urgency belongs: the list stays sorted, the most urgent last. */
function enqueue(plan: Plan, { ready }: Desk, index: number): void {
  const ranks = ranksOf(plan);
  const isLess = (a: number, b: number): boolean => {
    const rank = (ranks[a] ?? 0) - (ranks[b] ?? 0);
    if (rank !== 0) return rank < 0;
    const cost = (plan.steps[a]?.cost ?? 0) - (plan.steps[b]?.cost ?? 0);
    return cost === 0 ? a > b : cost > 0;
  };
  let low = 0;
  let high = ready.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isLess(ready[middle] ?? 0, index)) low = middle + 1;
    else high = middle;
  }
  ready.splice(low, 0, index);
}

/** The desk moves on to the next state; who goes on from the old one gets a desk of its own. */
function moved(desk: Desk, from: PlanState): PlanState {
  const next = { progress: desk.letters.join('') };
  desks.delete(from);
  desks.set(next, desk);
  return next;
}

function deskOf(plan: Plan, state: PlanState, rules: PlanRules): Desk {
  const found = desks.get(state);
  if (found !== undefined) return found;
  const made = openDesk(plan, rules, state.progress);
  desks.set(state, made);
  return made;
}

function openDesk(plan: Plan, rules: PlanRules, progress: string): Desk {
  const desk: Desk = {
    letters: [...progress],
    unmet: Int32Array.from(plan.steps, (step) => step.after.length),
    ready: [],
    counts: { W: progress.length, S: 0, C: 0, F: 0, X: 0, K: 0, O: 0 },
    taken: 0,
    committed: 0,
    fatal: undefined,
  };
  const dependents = dependentsOf(plan);
  for (const [index, text] of desk.letters.entries()) {
    const letter = asLetter(text);
    if (letter === 'W') continue;
    desk.letters[index] = 'W';
    put(plan, desk, index, letter);
    noteFatal(plan, desk, rules, index);
    if (letter === 'S') continue;
    for (const dependent of dependents[index] ?? []) {
      desk.unmet[dependent] = (desk.unmet[dependent] ?? 0) - 1;
    }
  }
  for (const [index, letter] of desk.letters.entries()) {
    if (letter === 'W' && desk.unmet[index] === 0) enqueue(plan, desk, index);
  }
  return desk;
}
