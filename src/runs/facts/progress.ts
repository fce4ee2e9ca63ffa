/**
 * Progress: as the work reported it, else as far as the runs below are: those that settled count
 * whole, those under way by their own progress. The steps of a plan count by how long they are
 * estimated to take, those without an estimate like the mean of the others.
 */
import {
  openRuns,
  runNameOf,
  type TaskContext,
  type WorkflowContext,
} from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { meanEstimate } from '../../policies/index.ts';
import { childAddress } from '../../protocol/index.ts';
import type { Find } from './below.ts';

/** How far a run is, 0 to 1; undefined when nothing is known. */
export function progressOf(cell: Cell, find: Find): number | undefined {
  if (cell.identity.kind === 'workflow') return ofWorkflow(cell, find);
  return cell.identity.kind === 'task' ? ofTask(cell, find) : undefined;
}

/** How far the run below of this name is; 0 when nothing is known. */
export function progressBelow(cell: Cell, name: string, find: Find): number {
  const child = find(childAddress(cell.address, name));
  return child === undefined ? 0 : (progressOf(child, find) ?? 0);
}

function ofTask(cell: Cell, find: Find): number | undefined {
  const context: TaskContext = cell.committed.context;
  const { progress, settled = 0 } = context;
  if (progress !== undefined || cell.isDone) return progress;
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
  for (const [step, { estimateMs = mean }] of plan.steps.entries()) {
    const letter = context.steps.progress[step];
    const isOpen = letter === 'S' && !cell.isDone;
    all += estimateMs;
    if (isOpen) done += estimateMs * progressBelow(cell, runNameOf(context, step), find);
    else if (letter !== 'W' && letter !== 'S') done += estimateMs;
  }
  return all === 0 ? 0 : done / all;
}
