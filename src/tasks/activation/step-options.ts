/** What callers in `work` may say of a step and report, as it is checked. */
import { z } from 'zod';
import { ReportFields, RetryOptions, TimeoutOption } from '../../protocol/index.ts';

/** Options of a durable step. */
export const StepOptions = z.strictObject({
  retry: RetryOptions.optional(),
  timeout: TimeoutOption.optional(),
  heartbeat: TimeoutOption.optional(),
});

/** What `report` takes. */
export const ReportOptions = z.strictObject(ReportFields);
