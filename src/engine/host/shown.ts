/** Shown: what is committed becomes visible, all of it before anybody is told. */
import type { Cell } from '../../actor/index.ts';
import type { Cells } from './cells.ts';

/** Shows the actors that a group touched and forgets who ended; the result tells listeners. */
export function shown(touched: readonly Cell[], cells: Cells): (() => void)[] {
  const told: (() => void)[] = [];
  for (const cell of touched) {
    cell.touched = false;
    cell.isUsed = true;
    cell.committed = cell.snapshot;
    if (cell.isDone) cells.forget(cell);
    const { committed, rows, emitted, listeners } = cell;
    if (rows.length > 0) cell.rows = [];
    cell.emitted = undefined;
    if (listeners === undefined) continue;
    for (const listener of listeners) {
      // One that stopped listening while others were told is told no more.
      const tell = (run: () => void) => told.push(() => listeners.has(listener) && run());
      if (rows.length > 0) tell(() => listener.rows?.(rows));
      for (const event of emitted ?? []) tell(() => listener.emitted?.(event));
      tell(() => listener.snapshot?.(committed));
    }
  }
  return told;
}
