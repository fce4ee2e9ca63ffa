/**
 * The rules of plans, told as slowly as can be: everything is worked out anew from the ends so far,
 * by the definitions of the words.
 */
import type { PlanVerdict } from '../../../src/policies/plan/plan-state.ts';
import type { Condition, Plan, PlanRules } from '../../../src/protocol/index.ts';

/** What happened to a plan: the letters that were given, in order. */
export type Past = readonly { readonly step: number; readonly letter: string }[];

/** A plan under way. */
export class NaivePlan {
  readonly #plan: Plan;
  readonly #rules: PlanRules;
  readonly #past: Past;

  constructor(plan: Plan, rules: PlanRules, past: Past = []) {
    this.#plan = plan;
    this.#rules = rules;
    this.#past = past;
  }

  get past(): Past {
    return this.#past;
  }

  /** The letter of each step, what is omitted found out by asking each step until none changes. */
  get letters(): string[] {
    const { steps } = this.#plan;
    const letters = steps.map(() => 'W');
    for (const { step, letter } of this.#past) letters[step] = letter;
    for (let isNew = true; isNew; ) {
      isNew = false;
      for (const [index, step] of steps.entries()) {
        if (letters[index] !== 'W' || step.after.length === 0) continue;
        if (step.after.some((one) => 'WS'.includes(letters[one] ?? ''))) continue;
        if (this.#mayRun(letters, index)) continue;
        letters[index] = 'O';
        isNew = true;
      }
    }
    return letters;
  }

  get progress(): string {
    return this.letters.join('');
  }

  numbersOf(wanted: string): number[] {
    return this.letters.flatMap((letter, index) => (wanted.includes(letter) ? [index] : []));
  }

  /** Steps that wait for nothing any more, the most urgent first. */
  get ready(): number[] {
    const { letters } = this;
    const { steps } = this.#plan;
    return this.numbersOf('W')
      .filter((index) => steps[index]?.after.every((one) => !'WS'.includes(letters[one] ?? '')))
      .sort((a, b) => this.#rank(b) - this.#rank(a) || this.#cost(a) - this.#cost(b) || a - b);
  }

  /** The first in time that failed and may not. */
  get fatal(): number | undefined {
    for (const [at, { step }] of this.#past.entries()) {
      const then = new NaivePlan(this.#plan, this.#rules, this.#past.slice(0, at + 1));
      const found = then.#fatalNow(step);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #fatalNow(last: number): number | undefined {
    const { progress } = this;
    const isFatal = (step: number): boolean => this.#isFatal(step, progress);
    if (isFatal(last)) return last;
    return [...progress].flatMap((_, step) => (isFatal(step) ? [step] : []))[0];
  }

  ended(step: number, letter: string): NaivePlan {
    return new NaivePlan(this.#plan, this.#rules, [...this.#past, { step, letter }]);
  }

  /** Starts one step after the other, as long as there is one that may. */
  started(spent: number): [NaivePlan, number[]] {
    const index = this.#next(spent);
    if (index === undefined) return [this, []];
    const [last, more] = this.ended(index, 'S').started(spent);
    return [last, [index, ...more]];
  }

  #next(spent: number): number | undefined {
    const { concurrency, budget, need, onFailure } = this.#rules;
    const { steps } = this.#plan;
    if (budget !== undefined && spent > withSlack(budget)) return undefined;
    if (need !== undefined && this.numbersOf('C').length >= need) return undefined;
    const isStopped = need === undefined && onFailure !== 'continue' && this.fatal !== undefined;
    if (isStopped) return undefined;
    const taken = this.numbersOf('S').filter((index) => steps[index]?.isFree !== true);
    const isAlone = !taken.some((index) => steps[index]?.unpriced === true);
    return this.ready.find((index) => {
      const { isFree, unpriced } = steps[index] ?? {};
      const hasPlace = taken.length < concurrency && (unpriced !== true || isAlone);
      return (isFree === true || hasPlace) && this.#isPayable(index, spent);
    });
  }

  #isPayable(index: number, spent: number): boolean {
    const { budget } = this.#rules;
    const setAside = this.numbersOf('S').reduce((sum, one) => sum + this.#cost(one), 0);
    return budget === undefined || spent + setAside + this.#cost(index) <= withSlack(budget);
  }

  verdict(spent: number): PlanVerdict {
    const { budget, need } = this.#rules;
    const open = this.numbersOf('S').length;
    const isStuck = open === 0 && !this.ready.some((index) => this.#isPayable(index, spent));
    if (budget !== undefined && spent > withSlack(budget)) return { is: 'overspent' };
    if (need !== undefined) {
      if (this.numbersOf('C').length >= need) return { is: 'complete' };
      if (this.numbersOf('CSW').length < need) return this.#failed();
      return { is: isStuck ? 'overspent' : 'open' };
    }
    if (this.fatal !== undefined && this.#isFailedNow(open)) return this.#failed();
    if (this.numbersOf('SW').length === 0) return { is: 'complete' };
    return { is: isStuck ? 'overspent' : 'open' };
  }

  #isFailedNow(open: number): boolean {
    const { onFailure = 'fail-fast' } = this.#rules;
    if (onFailure === 'fail-fast' || onFailure === 'retry') return true;
    return open === 0 && (onFailure === 'finish' || this.numbersOf('W').length === 0);
  }

  #failed(): PlanVerdict {
    return this.fatal === undefined ? { is: 'failed' } : { is: 'failed', step: this.fatal };
  }

  #isFatal(step: number, progress: string): boolean {
    const letter = progress[step] ?? 'W';
    if (letter !== 'F' && letter !== 'X') return false;
    if (this.#isFine(step, letter)) return false;
    const end = letter === 'F' ? 'FAILED' : 'CANCELLED';
    const asksForIt = (condition: Condition | undefined): boolean => {
      if (typeof condition !== 'object') return false;
      if ('all' in condition) return condition.all.some(asksForIt);
      if ('any' in condition) return condition.any.some(asksForIt);
      return condition.step === step && condition.is.some((one) => one === end);
    };
    return !this.#plan.steps.some(
      ({ runsWhen }, by) => asksForIt(runsWhen) && !'KO'.includes(progress[by] ?? 'W'),
    );
  }

  #isFine(step: number, letter: string): boolean {
    if (letter === 'C' || letter === 'K') return true;
    const mayFail =
      this.#plan.steps[step]?.optional === true || this.#rules.onFailure === 'best-effort';
    return mayFail && (letter === 'F' || letter === 'X');
  }

  #mayRun(letters: readonly string[], index: number): boolean {
    const { after = [], runsWhen } = this.#plan.steps[index] ?? {};
    const isFine = (step: number): boolean => this.#isFine(step, letters[step] ?? '');
    if (runsWhen === undefined) return after.every(isFine);
    const names = { COMPLETED: 'C', FAILED: 'F', CANCELLED: 'X', SKIPPED: 'K', OMITTED: 'O' };
    const holds = (condition: Condition): boolean => {
      if (condition === 'always') return true;
      if (typeof condition === 'number') return isFine(condition);
      if ('all' in condition) return condition.all.every(holds);
      if ('any' in condition) return condition.any.some(holds);
      return condition.is.some((end) => names[end] === letters[condition.step]);
    };
    return holds(runsWhen);
  }

  /** The longest way to the end, found by walking every way. */
  #rank(index: number): number {
    const { steps } = this.#plan;
    const known = steps.flatMap(({ estimateMs }) => (estimateMs === undefined ? [] : [estimateMs]));
    const mean = known.length === 0 ? 1 : known.reduce((a, b) => a + b, 0) / known.length;
    const behind = steps.flatMap(({ after }, at) =>
      after.includes(index) ? [this.#rank(at)] : [],
    );
    return Math.max(0, ...behind) + (steps[index]?.estimateMs ?? mean);
  }

  #cost(index: number): number {
    return this.#plan.steps[index]?.cost ?? 0;
  }
}

/** A budget, and what sums of fractions may lose. */
const withSlack = (budget: number): number => budget + 1e-9 * Math.max(1, budget);
