/** What callers in `work` may say of a step and report, as it is checked. */
import { z } from 'zod';
import { RetryOptions, TimeoutOption } from '../../protocol/index.ts';

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
