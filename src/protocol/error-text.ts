/** Words of error messages that are made of more than one fact. */
import type { Failure, Outcome } from './outcome.ts';

/** What does not fit, field by field. */
export function issuesText(issues: readonly { path: string; message: string }[]): string {
  return issues.map((issue) => `${issue.path || '(whole)'}: ${issue.message}`).join('; ');
}

const wrappers = new Set(['RUN_FAILED', 'STEP_FAILED', 'DEPENDENCY_FAILED', 'HANDLER_FAILED']);

/** What failed first says what happened; the runs above it only say where. */
export function failureText(outcome: Outcome): string {
  if (outcome.status !== 'FAILED') {
    return outcome.status === 'CANCELLED' ? outcome.reason : outcome.status;
  }
  let found: Failure = outcome.error;
  while (wrappers.has(found.code) && found.cause !== undefined) found = found.cause;
  return `[${found.code}] ${found.message}`;
}
