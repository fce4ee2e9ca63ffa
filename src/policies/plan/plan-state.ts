/**
 * How far a plan is: which steps may start, and what the end of a step sets free or rules out.
 *
 * Kahn's algorithm (A. B. Kahn, 1962) run step by step, ready steps in the order of their ranks
 * (list scheduling; R. Graham, "Bounds on multiprocessing timing anomalies", 1969). A state is
 * plain data and never changes. What can be worked out of it is kept in a ledger beside the newest
 * state of a run; who goes on from an older state, or from one that was loaded, gets a new ledger.
 */
import type { Plan, PlanRules } from '../../protocol/index.ts';
import { exceeds } from './budget.ts';
import { askersIn } from './graph.ts';
import {
  isFine,
  isHalted,
  type Ledger,
  leastCost,
  leftOf,
  openLedger,
  ruleOut,
  settle,
  startAll,
  textOf,
} from './ledger.ts';

export { ends, isFine, type StepLetter } from './ledger.ts';

/** How far a plan is. Steps are numbered by their place in the plan. */
export interface PlanState {
  /** One letter for each step. */
  readonly progress: string;
  /** The first step that failed and may not; absent: none did. */
  readonly fatal?: number | undefined;
}

/** What has become of a plan. */
export type PlanVerdict =
  | { readonly is: 'open' }
  | { readonly is: 'complete' }
  /** A step failed that may not; absent: too few are left to complete. */
  | { readonly is: 'failed'; readonly step?: number }
  /** It has cost too much, or nothing that is left can be paid for. */
  | { readonly is: 'overspent' };

/** How a started step ended. */
export interface PlanStepEnd {
  readonly step: number;
  readonly letter: 'C' | 'F' | 'X' | 'K';
}

/** The state of a plan that has not begun. */
export const beginPlan = (plan: Plan): PlanState => ({
  progress: 'W'.repeat(plan.steps.length),
});

/** The letters of a plan that is taken up in the middle: what they rule out is omitted. */
export function takeUpPlan(plan: Plan, rules: PlanRules, progress: string): string {
  const ledger = openLedger(plan, progress);
  ruleOut(plan, ledger, rules);
  return ledger.letters.join('');
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
  const kept = keptOf(plan, state);
  if (isHalted(kept.ledger, state.fatal, rules, spent)) return [state, []];
  const started = startAll(plan, kept.ledger, rules, spent);
  return [started.length === 0 ? state : next(kept, state.fatal), started];
}

/** Notes how a started step ended; others become ready by it, or are omitted. */
export function endStep(
  plan: Plan,
  state: PlanState,
  rules: PlanRules,
  end: PlanStepEnd,
): PlanState {
  if (state.progress[end.step] !== 'S') return state;
  const kept = keptOf(plan, state);
  settle(plan, kept.ledger, rules, end);
  const fatal = state.fatal ?? fatalIn(plan, rules, kept.ledger, end);
  return next(kept, fatal);
}

/** What has become of the plan. */
export function verdictOf(plan: Plan, state: PlanState, rules: PlanRules, spent = 0): PlanVerdict {
  const { ledger } = keptOf(plan, state);
  const { counts } = ledger;
  const failed: PlanVerdict =
    state.fatal === undefined ? { is: 'failed' } : { is: 'failed', step: state.fatal };
  if (rules.budget !== undefined && exceeds(spent, rules.budget)) return { is: 'overspent' };
  if (rules.need !== undefined) {
    if (counts.C >= rules.need) return { is: 'complete' };
    if (counts.C + counts.W + counts.S < rules.need) return failed;
  } else if (state.fatal !== undefined) {
    if (isFailFast(rules)) return failed;
    if (counts.S === 0 && (rules.onFailure !== 'continue' || counts.W === 0)) return failed;
  } else if (counts.S + counts.W === 0) return { is: 'complete' };
  if (counts.S > 0) return { is: 'open' };
  return leastCost(ledger) <= leftOf(plan, ledger, rules, spent)
    ? { is: 'open' }
    : { is: 'overspent' };
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

const isFailFast = ({ onFailure = 'fail-fast' }: PlanRules): boolean =>
  onFailure === 'fail-fast' || onFailure === 'retry';

/**
 * The step that fails the run now: the one that ended, or one whose failure was asked for by steps
 * that are all ruled out or skipped by now.
 */
function fatalIn(
  plan: Plan,
  rules: PlanRules,
  { letters }: Ledger,
  { step }: PlanStepEnd,
): number | undefined {
  const askers = askersIn(plan);
  const isFatal = (index: number): boolean => {
    const letter = letters[index] ?? 'W';
    if ((letter !== 'F' && letter !== 'X') || isFine(plan, rules, index, letter)) return false;
    const asking = (askers.get(index) ?? []).filter((asker) => asker.letter === letter);
    return asking.every((asker) => 'KO'.includes(letters[asker.step] ?? 'W'));
  };
  if (isFatal(step)) return step;
  let first: number | undefined;
  for (const index of askers.keys()) {
    if ((first === undefined || index < first) && isFatal(index)) first = index;
  }
  return first;
}

/** The newest state of the run of a plan, and its ledger. */
interface Kept {
  state: PlanState;
  readonly ledger: Ledger;
}

/** By plan, for each run has one of its own; runs that share one take it from each other. */
const newest = new WeakMap<Plan, Kept>();

function keptOf(plan: Plan, state: PlanState): Kept {
  const found = newest.get(plan);
  if (found?.state === state) return found;
  const kept = { state, ledger: openLedger(plan, state.progress) };
  newest.set(plan, kept);
  return kept;
}

/** The state that a changed ledger stands for. */
function next(kept: Kept, fatal: number | undefined): PlanState {
  const progress = textOf(kept.ledger, kept.state.progress);
  kept.ledger.changed.length = 0;
  kept.state = fatal === undefined ? { progress } : { progress, fatal };
  return kept.state;
}
