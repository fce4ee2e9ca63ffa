/** Planned: a plan and the letters of its steps, read by what the words of plans mean. */
import type { ConditionTold, SpecTold, StepTold } from '../told.ts';

/** A plan as it stands. */
export interface Planned {
  readonly steps: readonly StepTold[];
  /** A letter for each step. */
  readonly letters: string;
  /** Numbers of all steps. */
  readonly places: readonly number[];
  readonly onFailure: string;
  readonly concurrency: number;
  readonly budget: number | undefined;
  /** How a step ended; undefined: it has not. */
  readonly endOf: (step: number) => string | undefined;
}

/** How steps end, by letter. */
export const endNames: Readonly<Record<string, string>> = {
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};

/** The plan of a run with these letters. */
export const plannedOf = (spec: SpecTold, letters: string): Planned => ({
  steps: spec.plan?.steps ?? [],
  letters,
  places: [...letters].map((_, at) => at),
  onFailure: spec.onFailure ?? 'fail-fast',
  concurrency: spec.concurrency ?? Number.POSITIVE_INFINITY,
  budget: spec.budget,
  endOf: (step) => endNames[letters[step] ?? ''],
});

/** Whether the steps that a step waits for ended as it asks. */
export function isMet(planned: Planned, at: number): boolean {
  const { runsWhen, after = [] } = planned.steps[at] ?? {};
  const holds = (asked: ConditionTold): boolean => {
    if (asked === 'always') return true;
    if (typeof asked === 'number') return isFine(planned, asked);
    if ('step' in asked) return asked.is.includes(planned.endOf(asked.step) ?? '');
    return 'all' in asked ? asked.all.every(holds) : asked.any.some(holds);
  };
  return runsWhen === undefined ? after.every((one) => isFine(planned, one)) : holds(runsWhen);
}

/** A step is fine that completed, was skipped by its own condition, or failed where it may. */
function isFine({ endOf, steps, onFailure }: Planned, at: number): boolean {
  const end = endOf(at);
  if (end === 'COMPLETED' || end === 'SKIPPED') return true;
  const mayFail = onFailure === 'best-effort' || steps[at]?.optional === true;
  return mayFail && (end === 'FAILED' || end === 'CANCELLED');
}

/** Whether a step failed that may not: its end is not fine, and no step runs that asks for it. */
export function isFatal(planned: Planned, at: number): boolean {
  const end = planned.endOf(at);
  if ((end !== 'FAILED' && end !== 'CANCELLED') || isFine(planned, at)) return false;
  const asksForIt = (asked: ConditionTold | undefined): boolean => {
    if (typeof asked !== 'object') return false;
    if ('step' in asked) return asked.step === at && asked.is.includes(end);
    return ('all' in asked ? asked.all : asked.any).some(asksForIt);
  };
  return !planned.steps.some(
    ({ runsWhen }, by) => asksForIt(runsWhen) && !'KO'.includes(planned.letters[by] ?? 'W'),
  );
}
