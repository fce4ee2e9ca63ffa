/** The stages of a run: what an app keeps of it beside its steps. */
import type { OwnStage } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';

/** A stage of a run as it is now. */
export interface StageSnapshot {
  readonly name: string;
  readonly status: 'STARTED' | 'COMPLETED';
  /** 0 to 1: how good its result is, as it was reported or rated. */
  readonly quality?: number | undefined;
  /** How often it began. */
  readonly iterations: number;
  /** Milliseconds since 1970: when it began last, and ended then. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  /** An app keeps it; absent: it is a step of the plan. */
  readonly isOwn?: true | undefined;
}

/** The stages of a run. */
export function stagesOf(cell: Cell): StageSnapshot[] {
  if (cell.hosted !== undefined) return [];
  const { stages = [] }: { readonly stages?: readonly OwnStage[] } = cell.committed.context;
  return stages.map((stage) => ({ ...stage, isOwn: true }));
}
