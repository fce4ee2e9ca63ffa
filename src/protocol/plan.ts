/**
 * Plans: a workflow's graph as data, with steps numbered by their place.
 *
 * A run of a step is named after it; one that is begun anew (another iteration, another try, a
 * fallback) has `~2`, `~3` ... behind that name, and the one that undoes it `~undo`.
 */
import { z } from 'zod';
import { limits } from './limits.ts';

/** How a step of a plan ended, or did not come to begin. */
export const StepEnd = z.enum(['COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED', 'OMITTED']);
export type StepEnd = z.infer<typeof StepEnd>;

/**
 * When a step may begin, told by the ends of the steps that it waits for. A number is a step that
 * is fine: completed, skipped by its own condition, or failed where it may (`optional`).
 */
export type Condition =
  | number
  | 'always'
  | { readonly step: number; readonly is: readonly StepEnd[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

export const Condition: z.ZodType<Condition> = z.union([
  z.int().min(0),
  z.literal('always'),
  z.strictObject({ step: z.int().min(0), is: z.array(StepEnd) }),
  z.strictObject({
    get all() {
      return z.array(Condition);
    },
  }),
  z.strictObject({
    get any() {
      return z.array(Condition);
    },
  }),
]);

/** A step of a plan. What is not so is left out, for plans have thousands of steps. */
export const PlanStep = z.strictObject({
  name: z.string().min(1),
  /** Numbers of the steps it waits for. */
  after: z.array(z.int().min(0)),
  /** Absent: all that it waits for is fine. */
  runsWhen: Condition.optional(),
  /** Its failure is fine. */
  optional: z.literal(true).optional(),
  /** It waits for a person: it takes no place under the limit. */
  isFree: z.literal(true).optional(),
  /** What it did can be undone. */
  undo: z.literal(true).optional(),
  /** It runs again until its result is good. */
  loop: z.literal(true).optional(),
  /** How long it may take: given, or what earlier runs took. Milliseconds. */
  estimateMs: z.number().min(0).optional(),
  /** What it may cost, in the unit of the app. */
  cost: z.number().min(0).optional(),
  /**
   * It may cost something, and a budget is to be kept: steps that don't say how much run one at a
   * time, so that no more than one of them goes over it.
   */
  unpriced: z.literal(true).optional(),
  /** Runs begun anew when one fails, the first included; absent: one. */
  tries: z.int().min(1).optional(),
  /** Works that take over, one after the other, when it fails; absent: none. */
  fallbacks: z.int().min(1).optional(),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** A whole plan. Invariant: no cycles, every number is a step's. */
export const Plan = z.strictObject({ steps: z.array(PlanStep).max(limits.planSteps) });
export type Plan = z.infer<typeof Plan>;

/**
 * What happens when a step fails that may not.
 * - `fail-fast`: what is open is cancelled, the run fails.
 * - `finish`: what is open may end, nothing else begins, the run fails.
 * - `continue`: all that does not wait for it goes on, then the run fails.
 * - `best-effort`: its failure is fine: what waits for it begins without its result.
 * - `retry`: it is begun anew by the workflow's retry policy, then as `fail-fast`.
 */
export const FailureMode = z.enum(['fail-fast', 'finish', 'continue', 'best-effort', 'retry']);
export type FailureMode = z.infer<typeof FailureMode>;

/** What a plan is carried out by. */
export interface PlanRules {
  /** Steps under way at once, those that wait for a person aside. */
  readonly concurrency: number;
  /** Absent: `fail-fast`. */
  readonly onFailure?: FailureMode | undefined;
  /** So many completed steps are enough; absent: all. */
  readonly need?: number | undefined;
  /** What the whole may cost; absent: anything. */
  readonly budget?: number | undefined;
}

/** What is wrong with a name that a run of a step could have; undefined for other names. */
export const isRunName = (name: string): boolean => /~(\d+|undo)$/.test(name);

/** The name of the nth run of a step, 1 for the first. */
export const stepRunName = (step: string, run: number): string =>
  run === 1 ? step : `${step}~${run}`;

/** The name of the run that undoes a step. */
export const undoRunName = (step: string): string => `${step}~undo`;

/** The step that a run is of, by the run's name; `run`: which one; `undo`: it undoes the step. */
export function stepOfRun(name: string): {
  readonly step: string;
  readonly run: number;
  readonly undo: boolean;
} {
  const found = /^(.*)~(?:(\d+)|undo)$/s.exec(name);
  if (found === null) return { step: name, run: 1, undo: false };
  return { step: found[1] ?? name, run: Number(found[2] ?? 1), undo: found[2] === undefined };
}
