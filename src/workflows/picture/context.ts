/**
 * What a picture of a plan remembers: the plan by names, how far each step is, and where the whole
 * run stands. All of it is JSON and stands in the picture's config.
 */
import type { FailureMode, StepEnd } from '../../protocol/index.ts';

/** Where a step is. */
export type StepStatus = 'WAITING' | 'STARTED' | StepEnd;

/** When a step may begin, by names. `fine`: completed, skipped, or failed where that is fine. */
export type NamedCondition =
  | 'always'
  | { readonly fine: string }
  | { readonly step: string; readonly is: readonly StepEnd[] }
  | { readonly all: readonly NamedCondition[] }
  | { readonly any: readonly NamedCondition[] };

/** A step of the plan, by names. What is not so is left out. */
export interface PictureStep {
  readonly after: readonly string[];
  readonly runsWhen?: NamedCondition;
  readonly optional?: true;
  /** It waits for a person: it takes no place under the limit. */
  readonly isFree?: true;
  /** Under a budget, what may cost nobody knows how much runs one at a time. */
  readonly unpriced?: true;
  readonly undo?: true;
  readonly cost?: number;
  /** Runs of the same work, one after the other, while they fail; absent: one. */
  readonly tries?: number;
  /** Works that take over; absent: none. */
  readonly fallbacks?: number;
  /** Rounds of its loop at most; absent: it is no loop. */
  readonly rounds?: number;
  /** Who asks for a bad end of it: that is no failure of the run, unless none of them begins. */
  readonly handled?: Readonly<Partial<Record<'FAILED' | 'CANCELLED', readonly string[]>>>;
}

/** How the plan is carried out. */
export interface PictureRules {
  readonly concurrency: number;
  readonly onFailure: FailureMode;
  readonly budget?: number;
}

/** How far a step is. */
export interface StepFacts {
  readonly status: StepStatus;
  /** Which of its works runs: 0 is its own, 1 the first fallback. */
  readonly work: number;
  /** Runs begun of that work. */
  readonly tries: number;
  /** Rounds of its loop that were begun. */
  readonly rounds: number;
  /** A result is there, and its loop has not judged it yet. */
  readonly hasResult: boolean;
}

/** Where the run stands between its beginning and its end. */
export type Phase = 'open' | 'finishing' | 'stopping' | 'undoing';

/** What a picture remembers. */
export interface PictureContext {
  readonly plan: Readonly<Record<string, PictureStep>>;
  readonly rules: PictureRules;
  readonly phase: Phase;
  readonly isPaused: boolean;
  readonly steps: Readonly<Record<string, StepFacts>>;
  /** What all runs of steps cost so far. */
  readonly spent: number;
  /** Steps that completed and can be undone, in the order in which they completed. */
  readonly undoable: readonly string[];
  /** How the run will end once it is through with stopping. */
  readonly ending: 'FAILED' | 'CANCELLED';
}

/** An event of a picture. `cost`: what the run cost whose end it tells (default nothing). */
export interface PictureEvent {
  readonly type: string;
  readonly cost?: number | undefined;
}

/** How far a step is that has not begun. */
export const unbegun: StepFacts = {
  status: 'WAITING',
  work: 0,
  tries: 1,
  rounds: 1,
  hasResult: false,
};
