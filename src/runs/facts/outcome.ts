/** What the outcome of a workflow tells of its steps. */
import type { Cell } from '../../actor/index.ts';
import type { Outcome, Settlement, StepEnd } from '../../protocol/index.ts';
import { type Sight, type StepFacts, stepCost, stepsOf } from './plan.ts';

/**
 * How a step of a workflow ended, or that it did not come to begin. Those below it, the steps of a
 * nested workflow and the items of a fan-out, are told by the outcome of its own run, which
 * `troupe.runs.get` finds under the run's id, a slash and the name of the step.
 */
export interface StepOutcome extends Pick<Settlement, 'result' | 'error' | 'reason'> {
  /** One that was open when the run ended is CANCELLED. */
  readonly status: StepEnd;
  /** What all its runs cost, with all below them. */
  readonly cost?: number | undefined;
  /** 0 to 1, as its work reported it, or as it was rated. */
  readonly quality?: number | undefined;
  /** Milliseconds since 1970: when its first run began, and its last one ended. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly elapsedMs?: number | undefined;
  /** Runs begun: rounds of its loop, tries and fallbacks together; 0 when it never began. */
  readonly runs: number;
  readonly iterations: number;
  /** Tries of the work that ran last. */
  readonly tries: number;
  /** Whether it was undone; absent when that was not tried. */
  readonly undo?: 'UNDONE' | 'UNDO_FAILED' | undefined;
}

/** What the outcome of a workflow tells beside. */
export interface PlanOutcome {
  /** Steps in the order of the plan; those that the run never came to are left out. */
  readonly steps?: Readonly<Record<string, StepOutcome>> | undefined;
  /** Names of the steps that ended by running, in the order of their ends. */
  readonly path?: readonly string[] | undefined;
  /** Completed steps among those that completed or failed, 0 to 1; undefined when none did. */
  readonly successRate?: number | undefined;
}

/** The outcome of a run; that of a workflow has more. */
export type RunOutcome<Out = unknown> = Outcome<Out> & PlanOutcome;

/** What has become of the plan of a run that ended. */
export function planOutcome(cell: Cell, sight: Pick<Sight, 'find' | 'journal'>): PlanOutcome {
  const steps = stepsOf(cell, sight);
  const ended = steps
    .filter(({ end }) => end?.order !== undefined)
    .sort((a, b) => (a.end?.order ?? 0) - (b.end?.order ?? 0));
  const count = (wanted: StepEnd) => steps.filter(({ status }) => status === wanted).length;
  const settled = count('COMPLETED') + count('FAILED');
  return {
    steps: Object.fromEntries(
      steps.flatMap((facts): [string, StepOutcome][] => {
        const outcome = outcomeOf(cell, facts, sight);
        return outcome === undefined ? [] : [[facts.name, outcome]];
      }),
    ),
    path: ended.map(({ name }) => name),
    successRate: settled === 0 ? undefined : count('COMPLETED') / settled,
  };
}

function outcomeOf(
  cell: Cell,
  facts: StepFacts,
  sight: Pick<Sight, 'find'>,
): StepOutcome | undefined {
  const { status, end, quality, startedAt, endedAt, runs, iterations, tries, undo } = facts;
  if (status === 'WAITING' || status === 'STARTED') return undefined;
  const hasTimes = startedAt !== undefined && endedAt !== undefined;
  const told = {
    status,
    result: end?.result,
    error: end?.error,
    reason: end?.reason,
    cost: runs === 0 ? undefined : stepCost(cell, facts, sight),
    ...{ quality, startedAt, endedAt },
    elapsedMs: hasTimes ? Math.max(0, endedAt - startedAt) : undefined,
    undo,
  };
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return { status, ...Object.fromEntries(known), runs, iterations, tries };
}
