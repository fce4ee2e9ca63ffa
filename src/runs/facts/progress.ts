/**
 * Progress: as the work reported it, else as far as the runs below are: those that settled count
 * whole, those under way by their own progress. The steps of a plan count by how long they are
 * estimated to take, those without an estimate like the mean of the others.
 *
 * A step is as far as any of its runs came: no retry, fallback or round of a loop takes that back.
 * One that did not complete is never quite through, and one that failed or was cancelled counts as
 * far as it came, unless its failure is fine.
 */
import { openRuns, type TaskContext, type WorkflowContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { meanEstimate } from '../../policies/index.ts';
import { childAddress, type PlanStep, stepRunName } from '../../protocol/index.ts';
import type { Find } from './below.ts';

/** Of a step that did not complete, at most: a round or a try may have been through. */
const nearlyThrough = 0.99;

/** How far a run is, 0 to 1; undefined when nothing is known. */
export function progressOf(cell: Cell, find: Find): number | undefined {
  if (cell.identity.kind === 'workflow') return ofWorkflow(cell, find);
  return cell.identity.kind === 'task' ? ofTask(cell, find) : undefined;
}

/** How far a step of a workflow's plan is that has begun and did not complete. */
export function progressOfStep(cell: Cell, step: number, find: Find): number {
  const context: WorkflowContext = cell.committed.context;
  const name = context.spec.plan.steps[step]?.name ?? '';
  const runs = context.runs?.[step]?.run ?? 1;
  let most = 0;
  for (let run = 1; run <= runs; run += 1) {
    most = Math.max(most, progressBelow(cell, stepRunName(name, run), find));
  }
  return Math.min(most, nearlyThrough);
}

/** How far the run below of this name is; 0 when nothing is known. */
function progressBelow(cell: Cell, name: string, find: Find): number {
  const child = find(childAddress(cell.address, name));
  return child === undefined ? 0 : (progressOf(child, find) ?? 0);
}

function ofTask(cell: Cell, find: Find): number | undefined {
  const context: TaskContext = cell.committed.context;
  const { progress, settled = 0 } = context;
  if (progress !== undefined) return progress;
  const open = openRuns(context);
  const all = settled + open.length;
  const below = open.reduce((sum, name) => sum + progressBelow(cell, name, find), 0);
  return all === 0 ? undefined : (settled + below) / all;
}

/** What will never begin is done, too. */
function ofWorkflow(cell: Cell, find: Find): number {
  const context: WorkflowContext = cell.committed.context;
  const { plan } = context.spec;
  const isComplete = cell.isDone && context.error === undefined && context.reason === undefined;
  if (isComplete) return 1;
  const mean = meanEstimate(plan);
  let done = 0;
  let all = 0;
  for (const [step, planned] of plan.steps.entries()) {
    const { estimateMs = mean } = planned;
    all += estimateMs;
    const share = shareOf(context.steps.progress[step], planned, context);
    if (share !== 0) done += estimateMs * (share ?? progressOfStep(cell, step, find));
  }
  return all === 0 ? 0 : done / all;
}

/** How much of a step is done by its letter alone; undefined: as far as its runs came. */
function shareOf(
  letter: string | undefined,
  { optional }: PlanStep,
  { spec: { onFailure } }: WorkflowContext,
): number | undefined {
  if (letter === 'W') return 0;
  const hasFailed = letter === 'F' || letter === 'X';
  const isFine = optional === true || onFailure === 'best-effort';
  return letter === 'S' || (hasFailed && !isFine) ? undefined : 1;
}
