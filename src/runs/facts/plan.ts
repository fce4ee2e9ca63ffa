/** The plan of a workflow's run: what has become of each step, as it and the journal know it. */
import type { WorkflowContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import type { Host } from '../../engine/index.ts';
import type { StepRecord } from '../../journal/index.ts';
import { ends } from '../../policies/index.ts';
import {
  childAddress,
  type Settlement,
  type StepEnd,
  stepRunName,
  undoRunName,
} from '../../protocol/index.ts';
import type { Find } from './below.ts';
import { costOf } from './cost.ts';

/** What looking at a run needs of the host. */
export interface Sight extends Pick<Host, 'journal' | 'clock'> {
  readonly find: Find;
}

/** What a host lets be seen. */
export const sightOf = (host: Host): Sight => ({
  journal: host.journal,
  clock: host.clock,
  find: (address) => host.find(address),
});

/** Where a step of a plan is. */
export type StepStatus = 'WAITING' | 'STARTED' | StepEnd;

/** How the last run of a step ended, as recorded; `order` numbers the ends of a run's steps. */
export type RecordedEnd = Settlement & { readonly order?: number };

/** What is known of one step of a plan. */
export interface StepFacts {
  readonly name: string;
  /** One under way when the run ended is cancelled with it. */
  readonly status: StepStatus;
  /** Absent unless it ended by running. */
  readonly end?: RecordedEnd | undefined;
  /** Runs begun; those before the last failed, or were not good enough. */
  readonly runs: number;
  /** Times that its loop went round, 1 without one. */
  readonly iterations: number;
  /** Runs begun of the same work with the same input. */
  readonly tries: number;
  readonly quality?: number | undefined;
  /** When its first run began; of one that could not begin, when that was known. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly undo?: 'UNDONE' | 'UNDO_FAILED' | undefined;
}

/** What has become of the steps of a run's plan, in its order. */
export const stepsOf = (
  cell: Cell,
  { journal, find }: Pick<Sight, 'find' | 'journal'>,
): StepFacts[] =>
  planFacts({
    context: cell.committed.context,
    isDone: cell.isDone,
    records: journal.steps(cell.actor),
    startOf: (name) => {
      const run = find(childAddress(cell.address, name));
      return run && startOf(run);
    },
  });

/** What tells what has become of a plan. */
export interface PlanRecords {
  readonly context: Pick<WorkflowContext, 'spec' | 'steps' | 'runs' | 'quality' | 'completedAt'>;
  readonly isDone: boolean;
  readonly records: readonly StepRecord[];
  /** When the run below of this name began. */
  readonly startOf: (name: string) => number | undefined;
}

/** What has become of the steps of a plan, in its order. */
export function planFacts({ context, isDone, records, startOf }: PlanRecords): StepFacts[] {
  const { completedAt } = context;
  const recorded = new Map(records.map((record) => [record.step, record]));
  return context.spec.plan.steps.map(({ name }, step) => {
    const letter = context.steps.progress[step] ?? 'W';
    const status = statusOf(letter, isDone);
    const { run: runs = 1, iterations = 1, tries = 1 } = context.runs?.[step] ?? {};
    const known = { name, status, quality: context.quality?.[step] };
    if (isIdle(status)) return { ...known, runs: 0, iterations: 0, tries: 0 };
    const record = letter === 'S' ? undefined : recorded.get(name);
    const end: RecordedEnd | undefined = record && JSON.parse(record.body);
    // The record is that of the last run; a step began with its first one.
    const isToldByEnd = runs === 1 && end?.startedAt !== undefined;
    // What was open when the run ended, ended with it; what could not begin took no time.
    const endedAt = status === 'STARTED' ? undefined : (end?.endedAt ?? record?.at ?? completedAt);
    return {
      ...known,
      ...{ runs, iterations, tries, end },
      startedAt: (isToldByEnd ? end.startedAt : startOf(name)) ?? endedAt,
      endedAt,
      undo: undoIn(recorded.get(undoRunName(name))?.body),
    };
  });
}

/** What all runs of a step cost. */
export function stepCost(
  cell: Cell,
  { name, runs, end }: StepFacts,
  { find }: Pick<Sight, 'find'>,
) {
  if (runs === 1 && end !== undefined && end.leftOpen === undefined) return end.cost;
  const costs = Array.from({ length: runs }, (_, index) => {
    const run = find(childAddress(cell.address, stepRunName(name, index + 1)));
    return run === undefined ? undefined : costOf(run, find);
  }).filter((cost) => cost !== undefined);
  return costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost);
}

function statusOf(letter: string, isDone: boolean): StepStatus {
  if (letter === 'S') return isDone ? 'CANCELLED' : 'STARTED';
  return ends[letter] ?? 'WAITING';
}

const isIdle = (status: StepStatus): boolean =>
  status === 'WAITING' || status === 'SKIPPED' || status === 'OMITTED';

/** When a run began. */
export const startOf = (cell: Cell): number | undefined =>
  cell.hosted === undefined ? cell.committed.context.startedAt : cell.spec.createdAt;

function undoIn(body: string | undefined): StepFacts['undo'] {
  if (body === undefined) return undefined;
  const { status }: Settlement = JSON.parse(body);
  return status === 'COMPLETED' ? 'UNDONE' : 'UNDO_FAILED';
}
