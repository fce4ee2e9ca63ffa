/** Options of a run, as callers write them. */
import { z } from 'zod';
import {
  checkOptions,
  DependencyRule,
  Priority,
  RetryOptions,
  TextOption,
  TimeoutOption,
} from '../protocol/index.ts';

const texts = z.array(TextOption, 'must be an array of texts');
const RunReference = z.union([
  TextOption,
  z.custom<{ readonly runId: string }>(
    (given) => typeof given === 'object' && given !== null && 'runId' in given,
    'must be a run or its id, such as finder/q-42',
  ),
]);

/** Options of `troupe.run` and `troupe.start`. */
export const RunOptions = z.strictObject({
  /** Names the run; the same id is the same run (default: a new id for each call). */
  id: z.string().optional(),
  title: TextOption.optional(),
  description: TextOption.optional(),
  /** 0-10, 10 is most urgent (default 5). */
  priority: Priority.optional(),
  /** When it should be done: a date or milliseconds since 1970. */
  due: z.union([z.number(), z.date()]).optional(),
  /** Runs that must complete first, as runs or ids such as `finder/q-42`. */
  after: z.array(RunReference, 'must be an array of runs').optional(),
  /** When one of `after` does not complete: fail too (default), be cancelled, or go on waiting. */
  onDependencyFailure: DependencyRule.optional(),
  requirements: texts.optional(),
  constraints: texts.optional(),
  /** Over the definition's own. */
  retry: RetryOptions.optional(),
  /** Time-out of one attempt, over the definition's own. */
  timeout: TimeoutOption.optional(),
  /** Cancels the run and all below it. */
  signal: z.instanceof(AbortSignal).optional(),
});
export type RunOptions = z.infer<typeof RunOptions>;

/** Checks the options of a run. @throws TroupeError `BAD_OPTION`. */
export const checkRunOptions = (options: unknown, where: string): RunOptions =>
  options === undefined ? {} : checkOptions(RunOptions, options, where);
