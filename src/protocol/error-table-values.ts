/** Errors of values and definitions. See `error-table.ts`. */
import { entry } from './error-entry.ts';
import { issuesText } from './error-text.ts';

/** Code, data, message, remedy. */
export const valueErrors = {
  // Values
  NOT_JSON: entry<{ what: string; path: string; found: string }>(
    400,
    (d) => `${d.what} is not JSON: ${d.found} at ${d.path}.`,
    'Pass plain JSON: text, finite numbers, booleans, null, arrays and plain objects.',
  ),
  TOO_LARGE: entry<{ what: string; chars: number; charsMax: number }>(
    413,
    (d) => `${d.what} has ${d.chars} characters of JSON; the limit is ${d.charsMax}.`,
    'Store the data elsewhere and pass a reference, or raise limits.payloadChars.',
  ),
  INVALID: entry<{ what: string; issues: readonly { path: string; message: string }[] }>(
    400,
    (d) => `${d.what} does not fit its schema: ${issuesText(d.issues)}.`,
    'Correct the named fields.',
  ),
  SCHEMA_ASYNC: entry<{ what: string }>(
    400,
    (d) => `The schema of ${d.what} validates asynchronously.`,
    'Do asynchronous checks in the work; with zod, a transformation that throws looks like one.',
  ),
  BAD_DURATION: entry<{ given: unknown }>(
    400,
    (d) => `${String(d.given)} is not a duration.`,
    "Pass milliseconds of at least 0, or a text such as '30s', '5m', '2h' or '3d'.",
  ),
  BAD_ID: entry<{ what: string; problem: string }>(
    400,
    (d) => `The ${d.what} can't be used: ${d.problem}.`,
    'Pass a non-empty, well-formed text of at most 512 characters.',
  ),
  BAD_OPTION: entry<{ where: string; field: string; problem: string }>(
    400,
    (d) => `${d.where}: ${d.field} ${d.problem}.`,
    'Correct it.',
  ),
  // Definitions
  NOT_REGISTERED: entry<{ definition: string; known: readonly string[] }>(
    404,
    (d) => `${d.definition} is not registered (registered: ${d.known.join(', ') || 'nothing'}).`,
    'List it in createTroupe({ definitions }) or call troupe.register() first.',
  ),
  DUPLICATE_DEFINITION: entry<{ definition: string; version: string }>(
    409,
    (d) => `There is another definition ${d.definition} of version ${d.version}.`,
    'Give one of them another id or another version.',
  ),
  UNKNOWN_STEP: entry<{ workflow: string; step: string; unknown: string }>(
    400,
    (d) => `Step ${d.step} of ${d.workflow} waits for ${d.unknown}, which is no step.`,
    'Name an existing step in `after`.',
  ),
  STEP_CYCLE: entry<{ workflow: string; members: readonly string[] }>(
    400,
    (d) => `The steps of ${d.workflow} wait for each other: ${d.members.join(' -> ')}.`,
    'Remove one of these dependencies.',
  ),
} as const;
