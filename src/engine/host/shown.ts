/** Shown: what is committed becomes visible, all of it before anybody is told. */
import type { Cell } from '../../actor/index.ts';
import type { Cells } from './cells.ts';

/** Shows the actors that a group touched and forgets who ended; the result tells listeners. */
export function shown(touched: readonly Cell[], cells: Cells): (() => void)[] {
  const told: (() => void)[] = [];
  for (const cell of touched) {
    cell.touched = false;
    cell.committed = cell.snapshot;
    if (cell.isDone) cells.forget(cell);
    const { committed, rows, emitted } = cell;
    cell.rows = [];
    cell.emitted = undefined;
    for (const listener of cell.listeners ?? []) {
      if (rows.length > 0) told.push(() => listener.rows?.(rows));
      for (const event of emitted ?? []) told.push(() => listener.emitted?.(event));
      told.push(() => listener.snapshot?.(committed));
    }
  }
  return told;
}
