/** When a workflow under way may have completed, by the estimates of its plan. */
import { runNameOf, type WorkflowContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { forecastMs } from '../../policies/index.ts';
import { childAddress } from '../../protocol/index.ts';
import { type Sight, startOf } from './plan.ts';

/** Milliseconds since 1970; undefined unless it is under way and steps have estimates. */
export function estimatedEnd(cell: Cell, { clock, find }: Sight): number | undefined {
  if (cell.identity.kind !== 'workflow' || cell.isDone) return undefined;
  const context: WorkflowContext = cell.committed.context;
  const isStopping = context.error !== undefined || context.reason !== undefined;
  if (isStopping || !cell.committed.matches('IN_PROGRESS')) return undefined;
  const now = clock.now();
  const ranMs = (step: number): number => {
    const run = find(childAddress(cell.address, runNameOf(context, step)));
    return now - ((run === undefined ? undefined : startOf(run)) ?? now);
  };
  const { spec, steps, cost: spent } = context;
  const leftMs = forecastMs(spec.plan, steps, spec, { spent, ranMs });
  return leftMs === undefined ? undefined : Math.round(now + leftMs);
}
