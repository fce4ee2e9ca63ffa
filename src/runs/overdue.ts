/** Overdue: a run that was to be done by now and has not ended is told to the log, once. */
import type { Cell } from '../actor/index.ts';
import type { Host } from '../engine/index.ts';
import { runIdOf } from '../protocol/index.ts';

/** Tells the log that a run is overdue. */
export function tellOverdue({ log }: Pick<Host, 'log'>, cell: Cell): void {
  const { dueAt } = cell.committed.context.spec;
  log.warn('a run is overdue', { run: runIdOf(cell.address), dueAt });
}
