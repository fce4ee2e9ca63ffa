/** The stages of a run: the steps of its plan, and what an app keeps of it beside. */
import type { OwnStage } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { type Sight, type StepFacts, type StepStatus, stepsOf } from './plan.ts';
import { progressOfStep } from './progress.ts';

/** A stage of a run as it is now. */
export interface StageSnapshot {
  readonly name: string;
  /** A stage of the app's own is STARTED or COMPLETED. */
  readonly status: StepStatus;
  /** 0 to 1: how good its result is, as it was reported or rated. */
  readonly quality?: number | undefined;
  /** How often it began: the rounds of a loop, else 1; 0 for a step that never did. */
  readonly iterations: number;
  /** Runs begun of a step: rounds, tries and fallbacks; absent for an own stage. */
  readonly runs?: number | undefined;
  /** Milliseconds since 1970; those of an own stage are of its last iteration. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  /** Of a step that has begun, 0 to 1: how far any of its runs came; 1 when it completed. */
  readonly progress?: number | undefined;
  /** An app keeps it; absent: it is a step of the plan. */
  readonly isOwn?: true | undefined;
}

/** The stages of a run: steps in the order of the plan, own ones in that of their beginning. */
export function stagesOf(cell: Cell, sight: Sight): StageSnapshot[] {
  if (cell.hosted !== undefined) return [];
  const { stages = [] }: { readonly stages?: readonly OwnStage[] } = cell.committed.context;
  const own = stages.map((stage): StageSnapshot => ({ ...stage, isOwn: true }));
  if (cell.identity.kind !== 'workflow') return own;
  return [...stepsOf(cell, sight).map((facts, step) => stageOf(cell, facts, step, sight)), ...own];
}

function stageOf(cell: Cell, facts: StepFacts, step: number, { find }: Sight): StageSnapshot {
  const { name, status, quality, iterations, runs, startedAt, endedAt } = facts;
  const stage = { name, status, quality, iterations, runs, startedAt, endedAt };
  if (status === 'COMPLETED') return { ...stage, progress: 1 };
  if (runs === 0) return stage;
  return { ...stage, progress: progressOfStep(cell, step, find) };
}
