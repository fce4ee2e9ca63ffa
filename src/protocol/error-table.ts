/**
 * Every error that Troupe throws, in one table.
 *
 * A code is stable; callers branch on it, never on text. Each entry gives the type of its data,
 * whether trying the same again can help, the HTTP status, and a message that says what happened
 * and what to do. `docs/errors` is generated from this table.
 */
import { entry } from './error-entry.ts';
import { handoffErrors } from './error-table-handoffs.ts';
import { journalErrors } from './error-table-journal.ts';
import { messageErrors } from './error-table-messages.ts';
import { peopleErrors } from './error-table-people.ts';
import { queryErrors } from './error-table-query.ts';
import { runErrors } from './error-table-runs.ts';
import { snapshotErrors } from './error-table-snapshots.ts';
import { supervisionErrors } from './error-table-supervision.ts';
import { testingErrors } from './error-table-testing.ts';
import { toolErrors } from './error-table-tools.ts';
import { valueErrors } from './error-table-values.ts';

export type { Entry } from './error-entry.ts';

/** The table: code, data, message, remedy. */
export const errorTable = {
  ...valueErrors,
  ...runErrors,
  ...supervisionErrors,
  ...messageErrors,
  ...peopleErrors,
  ...handoffErrors,
  ...journalErrors,
  ...snapshotErrors,
  ...queryErrors,
  ...toolErrors,
  ...testingErrors,
  // Ourselves
  BROKEN_INVARIANT: entry<{ invariant: string; found: string }>(
    500,
    (d) => `Broken invariant: ${d.invariant} (found ${d.found}).`,
    'This is a bug in Troupe; please report it with the journal.',
  ),
} as const;
