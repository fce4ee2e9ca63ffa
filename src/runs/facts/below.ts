/** The runs below a run: those that have not settled, and those that left some open. */
import { openRuns, type TaskContext, type WorkflowContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { stepsIn } from '../../policies/index.ts';
import { type Address, childAddress } from '../../protocol/index.ts';

/** Finds a run by its address. */
export type Find = (address: Address) => Cell | undefined;

/** The runs below it that did not settle, or not before it ended. */
export const openBelow = (cell: Cell, find: Find): Cell[] =>
  cellsOf(cell, openNames(cell, cell.committed.context), find);

/** Those that settled and left runs below them open. */
export const leftOpenBelow = (cell: Cell, find: Find): Cell[] =>
  cellsOf(cell, cell.hosted === undefined ? (cell.committed.context.leftOpen ?? []) : [], find);

function openNames({ identity, hosted }: Cell, context: TaskContext & WorkflowContext) {
  if (hosted !== undefined) return [];
  if (identity.kind === 'workflow') return stepsIn(context.spec.plan, context.steps, 'S');
  return identity.kind === 'task' ? openRuns(context) : [];
}

const cellsOf = ({ address }: Cell, names: readonly string[], find: Find): Cell[] =>
  names.flatMap((name) => find(childAddress(address, name)) ?? []);
