/** What callers in `work` may say of a step and report, as it is checked. */
import { z } from 'zod';
import { checkId, RetryOptions, TimeoutOption, troupeError } from '../protocol/index.ts';
import { reservedPrefix } from './recorded.ts';

/** Options of a durable step. */
export const StepOptions = z.strictObject({
  retry: RetryOptions.optional(),
  timeout: TimeoutOption.optional(),
});

/** What `report` takes. */
export const ReportOptions = z.strictObject({
  progress: z.number().min(0).max(1).optional(),
  note: z.string().optional(),
  confidence: z.number().min(0).max(1).optional(),
  learnings: z.array(z.string()).optional(),
  cost: z.number().optional(),
});

/**
 * The name of a step, checked.
 * @throws TroupeError `BAD_ID` when it can't be one, or is the runtime's own.
 */
export function checkStepName(name: unknown): string {
  const step = checkId(name, 'name of the step');
  if (!step.startsWith(reservedPrefix)) return step;
  const problem = `it starts with ${reservedPrefix}`;
  throw troupeError('BAD_ID', { what: 'name of the step', problem });
}
