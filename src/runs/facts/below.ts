/** The runs below a run: those that have not settled, and those that left some open. */
import { openRuns, openStepRuns } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { type Address, childAddress } from '../../protocol/index.ts';

/** Finds a run by its address. */
export type Find = (address: Address) => Cell | undefined;

/** Names of the runs below it that did not settle, or not before it ended. */
export function openNames({ identity: { kind }, committed }: Cell): readonly string[] {
  if (kind === 'workflow') return openStepRuns(committed.context);
  return kind === 'task' ? openRuns(committed.context) : [];
}

/** Those runs. */
export const openBelow = (cell: Cell, find: Find): Cell[] => named(cell, openNames(cell), find);

/** Those that settled and left runs below them open. */
export const leftOpenBelow = (cell: Cell, find: Find): Cell[] =>
  cell.hosted === undefined ? named(cell, cell.committed.context.leftOpen ?? [], find) : [];

const named = ({ address }: Cell, names: readonly string[], find: Find): Cell[] =>
  names.flatMap((name) => find(childAddress(address, name)) ?? []);
