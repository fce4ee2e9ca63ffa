/** `assertChecked`: a check as one line of a test. */
import { troupeError } from '../../protocol/index.ts';
import type { CheckOptions, CheckResult } from '../check.ts';
import { check } from './check.ts';
import { type Checkable, isCheckable } from './definitions-in.ts';
import { type Exported, exportedIn } from './exported.ts';
import { reportText } from './report.ts';

/**
 * Checks definitions, or all that a module exports: `assertChecked(await import('./team.ts'))`. The
 * module's export `check` may hold options by the id of a definition.
 * @throws TroupeError `CHECK_FAILED` with the report when something is found; as `check` does.
 */
export function assertChecked(
  given: Checkable | readonly Checkable[] | object,
  options: CheckOptions = {},
): CheckResult {
  const { definitions, of } = isList(given) ? { definitions: given, of: {} } : exportedBy(given);
  const result = check(definitions, { ...options, of: { ...of, ...options.of } });
  if (result.ok) return result;
  throw troupeError('CHECK_FAILED', {
    findings: result.findings.length,
    report: reportText(result),
  });
}

/** What is in a list stays as it is, so that what is no definition is refused. */
const isList = (given: unknown): given is readonly Checkable[] => Array.isArray(given);

function exportedBy(given: unknown): Exported {
  if (isCheckable(given)) return { definitions: [given], of: {} };
  const isModule = typeof given === 'object' && given !== null;
  return isModule ? exportedIn(given) : { definitions: [], of: {} };
}
