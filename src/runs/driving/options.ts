/** What callers say of a run that is driven by hand, as it is checked. */
import { z } from 'zod';
import { ReportFields } from '../../protocol/index.ts';

const attempt = z.int('must be the number of an attempt').min(1).optional();

/** Options of a sign of life. */
export const AttemptOptions = z.strictObject({
  /** For which attempt it speaks (default: the one begun by this handle, or the present one). */
  attempt,
});
export type AttemptOptions = z.infer<typeof AttemptOptions>;

/** What `run.report` takes. */
export const ReportOptions = z.strictObject({ ...ReportFields, attempt });
export type ReportOptions = z.infer<typeof ReportOptions>;

/** What `run.complete` takes. */
export const CompletionOptions = z.strictObject({
  /** Checked by the bot's output schema. */
  result: z.unknown().optional(),
  confidence: ReportFields.confidence,
  learnings: ReportFields.learnings,
  cost: ReportFields.cost,
  quality: ReportFields.quality,
  attempt,
});
export type CompletionOptions = z.infer<typeof CompletionOptions>;

/** What `run.fail` takes. */
export const FailureOptions = z.strictObject({
  /** An error, or any value that says what happened. */
  error: z.custom<unknown>((given) => given !== undefined && given !== null, 'must be given'),
  /** What could be done about it. */
  recovery: z.string('must be a text').optional(),
  /** Whether another attempt may help (default: as the error says, else yes). */
  retryable: z.boolean('must be true or false').optional(),
  attempt,
});
export type FailureOptions = z.infer<typeof FailureOptions>;

/** What `run.decline` takes. */
export const DeclineOptions = z.strictObject({ reason: z.string('must be a text') });
