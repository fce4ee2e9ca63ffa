/**
 * Own stages: what an app keeps of a run that no step stands for, and moves on by itself.
 * Path of each: STARTED -> COMPLETED -> STARTED (its next iteration) ...
 * Invariants: at most `limits.ownStages`; in the order in which they began first.
 */
import { limits, type StageMove } from '../src/protocol/index.ts';

/** An own stage of a run. */
export interface OwnStage {
  readonly name: string;
  readonly status: 'STARTED' | 'COMPLETED';
  /** How often it began. */
  readonly iterations: number;
  /** Of the last iteration, 0 to 1. */
  readonly quality?: number | undefined;
  /** When it last began and ended, milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
}

/** Where an own stage is; `full`: there is no room for another one. */
export type StageState = OwnStage['status'] | 'not begun' | 'full';

/** Where an own stage is. */
export function stageState(stages: readonly OwnStage[] = [], name: string): StageState {
  const found = stages.find((stage) => stage.name === name);
  if (found !== undefined) return found.status;
  return stages.length < limits.ownStages ? 'not begun' : 'full';
}

/** Whether a stage that is there may make a move. */
export function mayMove(state: StageState, move: StageMove['move']): boolean {
  if (move === 'begin') return state === 'not begun' || state === 'COMPLETED';
  return state === 'STARTED' || (move === 'rate' && state === 'COMPLETED');
}

/** Guard: the stage may make that move. */
export const isStageMove = (
  { context }: { readonly context: { readonly stages?: readonly OwnStage[] | undefined } },
  { stage, move }: StageMove,
): boolean => mayMove(stageState(context.stages, stage), move);

/** Assign: the stage has moved. */
export const withStage = (
  { context: { stages = [] } }: { context: { readonly stages?: readonly OwnStage[] | undefined } },
  move: StageMove,
): { readonly stages: readonly OwnStage[] } => {
  const before = stages.find(({ name }) => name === move.stage);
  const after = moved(before, move);
  return {
    stages:
      before === undefined
        ? [...stages, after]
        : stages.map((stage) => (stage === before ? after : stage)),
  };
};

function moved(before: OwnStage | undefined, { stage, move, quality, at }: StageMove): OwnStage {
  if (before === undefined || move === 'begin') {
    const iterations = (before?.iterations ?? 0) + 1;
    return { name: stage, status: 'STARTED', iterations, startedAt: at };
  }
  const rated = quality === undefined ? before : { ...before, quality };
  return move === 'rate' ? rated : { ...rated, status: 'COMPLETED', endedAt: at };
}
