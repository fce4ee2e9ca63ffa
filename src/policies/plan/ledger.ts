/**
 * The ledger of a plan: what can be worked out of its letters, moved on with each change, so that
 * each edge is looked at once in the life of a plan. Everything on it follows from the letters.
 */
import type { Condition, Plan, PlanRules, StepEnd } from '../../protocol/index.ts';
import { exceeds, slackOf } from './budget.ts';
import { dependentsOf, type Urgency, urgencyOf } from './graph.ts';
import { ReadySteps } from './ready.ts';

/**
 * The letters of a step: W waiting, S started, C completed, F failed, X cancelled, K skipped by its
 * own condition, O omitted because of how others ended.
 */
export type StepLetter = 'W' | 'S' | 'C' | 'F' | 'X' | 'K' | 'O';

/** What is known beside the newest state of a run. */
export interface Ledger {
  readonly dependents: readonly (readonly number[])[];
  readonly urgency: Urgency;
  readonly letters: StepLetter[];
  /** How many steps each step still waits for; one that is named twice counts twice. */
  readonly unmet: number[];
  /** Steps that may start, apart from those that take no place under the limit. */
  readonly ready: ReadySteps;
  /** Those that take none; undefined when the plan has no such step. */
  readonly free: ReadySteps | undefined;
  /** Those of which one may run at a time; undefined when the plan has no such step. */
  readonly unpriced: ReadySteps | undefined;
  readonly counts: Record<StepLetter, number>;
  readonly started: Set<number>;
  /** Started steps that take a place under the limit. */
  taken: number;
  /** Started steps of which one may run at a time. */
  takenUnpriced: number;
  /** Steps whose letters are not in the text of the state yet. */
  readonly changed: number[];
}

/** How steps ended, by letter. */
export const ends: Readonly<Record<string, StepEnd | undefined>> = {
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};

/** Whether the end of a step is fine for those who wait for it. */
export function isFine(plan: Plan, rules: PlanRules, step: number, letter: string): boolean {
  if (letter === 'C' || letter === 'K') return true;
  if (letter !== 'F' && letter !== 'X') return false;
  return rules.onFailure === 'best-effort' || plan.steps[step]?.optional === true;
}

/** The ledger for these letters. */
export function openLedger(plan: Plan, progress: string): Ledger {
  const urgency = urgencyOf(plan);
  const dependents = dependentsOf(plan);
  const letters = plan.steps.map((_, index) => asLetter(progress[index]));
  const ledger: Ledger = {
    dependents,
    urgency,
    letters,
    unmet: plan.steps.map((step) => step.after.length),
    ready: new ReadySteps(urgency),
    free: plan.steps.some(({ isFree }) => isFree) ? new ReadySteps(urgency) : undefined,
    unpriced: plan.steps.some(({ unpriced }) => unpriced) ? new ReadySteps(urgency) : undefined,
    counts: { W: 0, S: 0, C: 0, F: 0, X: 0, K: 0, O: 0 },
    started: new Set(),
    taken: 0,
    takenUnpriced: 0,
    changed: [],
  };
  for (const [index, letter] of letters.entries()) {
    ledger.counts[letter] += 1;
    if (letter === 'W') continue;
    if (letter === 'S') {
      takePlace(plan, ledger, index);
      continue;
    }
    for (const dependent of dependents[index] ?? []) {
      ledger.unmet[dependent] = (ledger.unmet[dependent] ?? 0) - 1;
    }
  }
  for (const [index, letter] of letters.entries()) {
    if (letter === 'W' && ledger.unmet[index] === 0)
      readyOf(plan, ledger, index).add(index, costOf(plan, index));
  }
  return ledger;
}

/** The steps among which one that may start waits. */
function readyOf(plan: Plan, { ready, free, unpriced }: Ledger, index: number): ReadySteps {
  const step = plan.steps[index];
  if (step?.isFree === true) return free ?? ready;
  return step?.unpriced === true ? (unpriced ?? ready) : ready;
}

const costOf = (plan: Plan, index: number): number => plan.steps[index]?.cost ?? 0;

function takePlace(plan: Plan, ledger: Ledger, index: number): void {
  ledger.started.add(index);
  countPlace(plan, ledger, index, 1);
}

function countPlace(plan: Plan, ledger: Ledger, index: number, by: 1 | -1): void {
  const { isFree, unpriced } = plan.steps[index] ?? {};
  if (isFree === true) return;
  ledger.taken += by;
  if (unpriced === true) ledger.takenUnpriced += by;
}

/** Nothing more is to begin. */
export function isHalted(
  { counts }: Ledger,
  fatal: number | undefined,
  rules: PlanRules,
  spent: number,
): boolean {
  if (rules.budget !== undefined && exceeds(spent, rules.budget)) return true;
  if (rules.need !== undefined) return counts.C >= rules.need;
  return fatal !== undefined && rules.onFailure !== 'continue';
}

/** Starts all that have a place and can be paid for, the most urgent first. */
export function startAll(plan: Plan, ledger: Ledger, rules: PlanRules, spent: number): number[] {
  const started: number[] = [];
  let left = leftOf(plan, ledger, rules, spent);
  for (;;) {
    const index = startNext(plan, ledger, rules, left);
    if (index === undefined) return started;
    started.push(index);
    left -= costOf(plan, index);
  }
}

function startNext(
  plan: Plan,
  ledger: Ledger,
  { concurrency }: PlanRules,
  left: number,
): number | undefined {
  const { steps } = ledger.urgency;
  const hasPlace = ledger.taken < concurrency;
  const first = (ready: ReadySteps | undefined, may = true): number =>
    (may ? ready?.firstPlace(left) : undefined) ?? steps.length;
  const place = Math.min(
    first(ledger.ready, hasPlace),
    first(ledger.free),
    first(ledger.unpriced, hasPlace && ledger.takenUnpriced === 0),
  );
  const index = steps[place];
  if (index === undefined) return undefined;
  readyOf(plan, ledger, index).remove(index);
  put(ledger, index, 'S');
  takePlace(plan, ledger, index);
  return index;
}

/** Ends a started step; others may start then, or are omitted, and so on down. */
export function settle(
  plan: Plan,
  ledger: Ledger,
  rules: PlanRules,
  end: { readonly step: number; readonly letter: StepLetter },
): void {
  ledger.started.delete(end.step);
  countPlace(plan, ledger, end.step, -1);
  put(ledger, end.step, end.letter);
  const ended = [end.step];
  for (const index of ended) {
    for (const dependent of ledger.dependents[index] ?? []) {
      const left = (ledger.unmet[dependent] ?? 0) - 1;
      ledger.unmet[dependent] = left;
      if (left > 0) continue;
      if (mayRun(plan, ledger, rules, dependent)) {
        readyOf(plan, ledger, dependent).add(dependent, costOf(plan, dependent));
      } else {
        put(ledger, dependent, 'O');
        ended.push(dependent);
      }
    }
  }
}

/** Rules out what may never run, and so on down; for letters that no settling led to. */
export function ruleOut(plan: Plan, ledger: Ledger, rules: PlanRules): void {
  const isOut = (index: number): boolean =>
    ledger.letters[index] === 'W' &&
    ledger.unmet[index] === 0 &&
    !mayRun(plan, ledger, rules, index);
  const out = plan.steps.flatMap((_, index) => (isOut(index) ? [index] : []));
  for (const index of out) {
    put(ledger, index, 'O');
    for (const dependent of ledger.dependents[index] ?? []) {
      ledger.unmet[dependent] = (ledger.unmet[dependent] ?? 0) - 1;
      if (isOut(dependent)) out.push(dependent);
    }
  }
}

function mayRun(plan: Plan, { letters }: Ledger, rules: PlanRules, index: number): boolean {
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

function put(ledger: Ledger, index: number, letter: StepLetter): void {
  ledger.counts[ledger.letters[index] ?? 'W'] -= 1;
  ledger.counts[letter] += 1;
  ledger.letters[index] = letter;
  ledger.changed.push(index);
}

/** What the budget leaves for steps that begin now; what started steps may cost is set aside. */
export function leftOf(
  plan: Plan,
  { started }: Ledger,
  { budget }: PlanRules,
  spent: number,
): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  // In the order of the plan, for sums of fractions depend on their order.
  const committed = [...started].sort((a, b) => a - b).map((index) => costOf(plan, index));
  return committed.reduce((left, cost) => left - cost, budget - spent + slackOf(budget));
}

/** The least that a step which may start now costs; infinite when none may. */
export const leastCost = ({ ready, free, unpriced }: Ledger): number =>
  Math.min(
    ready.leastCost,
    free?.leastCost ?? Number.POSITIVE_INFINITY,
    unpriced?.leastCost ?? Number.POSITIVE_INFINITY,
  );

/** The text of the letters, made of the text before the changes. */
export function textOf({ letters, changed }: Ledger, before: string): string {
  // A few letters are cheaper to replace than thousands to join.
  if (changed.length > 16) return letters.join('');
  let text = before;
  for (const index of changed) {
    text = text.slice(0, index) + (letters[index] ?? 'W') + text.slice(index + 1);
  }
  return text;
}

const asLetter = (text: string | undefined): StepLetter =>
  text === 'S' || text === 'C' || text === 'F' || text === 'X' || text === 'K' || text === 'O'
    ? text
    : 'W';
