/** `assertChecked`: a check as one line of a test. */
import { troupeError } from '../../protocol/index.ts';
import type { CheckOptions, CheckResult } from '../check.ts';
import { check } from './check.ts';
import { type Checkable, definitionsIn, isCheckable } from './definitions-in.ts';
import { reportText } from './report.ts';

/**
 * Checks definitions, or all that a module exports: `assertChecked(await import('./team.ts'))`.
 * @throws TroupeError `CHECK_FAILED` with the report when something is found; as `check` does.
 */
export function assertChecked(
  given: Checkable | readonly Checkable[] | object,
  options: CheckOptions = {},
): CheckResult {
  const definitions = isCheckable(given) ? [given] : listIn(given);
  const result = check(definitions, options);
  if (result.ok) return result;
  throw troupeError('CHECK_FAILED', {
    findings: result.findings.length,
    report: reportText(result),
  });
}

/** What is in a list stays as it is, so that what is no definition is refused. */
function listIn(given: unknown): readonly Checkable[] {
  if (Array.isArray(given)) return given;
  return typeof given === 'object' && given !== null ? definitionsIn(given) : [];
}
