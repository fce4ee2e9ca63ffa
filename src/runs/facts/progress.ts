/**
 * Progress: as the work reported it, else as far as the runs below are: those that settled count
 * whole, those under way by their own progress.
 */
import type { TaskContext, WorkflowContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { stepsIn } from '../../policies/index.ts';
import { type Address, childAddress } from '../../protocol/index.ts';

type Find = (address: Address) => Cell | undefined;

/** How far a run is, 0 to 1; undefined when nothing is known. */
export function progressOf(cell: Cell, find: Find): number | undefined {
  if (cell.identity.kind === 'workflow') return ofWorkflow(cell, find);
  return cell.identity.kind === 'task' ? ofTask(cell, find) : undefined;
}

function ofTask(cell: Cell, find: Find): number | undefined {
  const context: TaskContext = cell.committed.context;
  const { progress, settled = 0, children = [] } = context;
  if (progress !== undefined || cell.isDone) return progress;
  const open = children.filter((step) => !step.startsWith('~'));
  const all = settled + open.length;
  return all === 0 ? undefined : (settled + below(cell, open, find)) / all;
}

function ofWorkflow(cell: Cell, find: Find): number {
  const { spec, steps }: WorkflowContext = cell.committed.context;
  const all = steps.progress.length;
  const completed = steps.progress.split('C').length - 1;
  const open = cell.isDone ? [] : stepsIn(spec.plan, steps, 'S');
  return all === 0 ? 0 : (completed + below(cell, open, find)) / all;
}

/** The progress of the child runs of these names, added up. */
function below(cell: Cell, steps: readonly string[], find: Find): number {
  return steps.reduce((sum, step) => {
    const child = find(childAddress(cell.address, step));
    return sum + (child === undefined ? 0 : (progressOf(child, find) ?? 0));
  }, 0);
}
