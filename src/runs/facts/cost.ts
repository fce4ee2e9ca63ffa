/**
 * Cost: what the work of a run and of all runs below it reported, each report once.
 *
 * A run's own record holds its reports and what settled runs below it told; what those that are
 * open, or were when it ended, have cost so far is added when somebody looks.
 */
import type { Cell } from '../../actor/index.ts';
import { type Find, leftOpenBelow, openBelow } from './below.ts';

/** What a run has cost so far, in the unit of the app; undefined when nothing was reported. */
export function costOf(cell: Cell, find: Find): number | undefined {
  const { cost }: { readonly cost?: number } =
    cell.hosted === undefined ? cell.committed.context : {};
  return sum([cost, untoldBelow(cell, find)]);
}

/** What runs below it have cost that it was not told. */
function untoldBelow(cell: Cell, find: Find): number | undefined {
  return sum([
    ...openBelow(cell, find).map((open) => costOf(open, find)),
    ...leftOpenBelow(cell, find).map((settled) => untoldBelow(settled, find)),
  ]);
}

function sum(costs: readonly (number | undefined)[]): number | undefined {
  const known = costs.flatMap((cost) => cost ?? []);
  return known.length === 0 ? undefined : known.reduce((all, cost) => all + cost, 0);
}
