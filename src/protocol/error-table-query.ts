/** Errors of queries. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const queryErrors = {
  // Queries
  QUERY_REFUSED: entry<{ reason: string; views: readonly string[] }>(
    400,
    (d) => `The query is refused: ${d.reason}. A query reads ${d.views.join(', ')}.`,
    'Ask one statement that begins with SELECT, WITH, VALUES or EXPLAIN; see docs/VIEWS.md.',
  ),
  QUERY_FAILED: entry<{ reason: string }>(
    422,
    (d) => `SQLite can't answer the query: ${d.reason}.`,
    'Mend the statement; docs/VIEWS.md lists views and columns.',
  ),
  QUERY_TIMEOUT: entry<{ afterMs: number }>(
    504,
    (d) => `The query took longer than ${d.afterMs} ms and was ended.`,
    'Ask for less, by the id of a task or an address, or give it a longer `timeout`.',
  ),
  QUERY_TOO_LARGE: entry<{ what: 'rows' | 'characters' | 'bytes of memory'; max: number }>(
    413,
    (d) => `The query needs more than ${d.max} ${d.what}.`,
    'Ask for less, by columns and LIMIT; for more rows give it a higher `limit`.',
  ),
  QUERY_ABORTED: entry<Record<never, never>>(
    499,
    () => 'The query was ended by its signal.',
    'Nothing is changed; ask again when the answer is wanted.',
  ),
  QUERY_BUSY: entry<{ waiting: number }>(
    429,
    (d) => `${d.waiting} queries wait already.`,
    'Wait for some of them, then ask again.',
    true,
  ),
  QUERY_UNAVAILABLE: entry<{ reason: string }>(
    503,
    (d) => `The process that answers queries is gone: ${d.reason}.`,
    'Keep `troupe` out of the bundle (external) where its file is missing; else ask once more: a ' +
      'new one is started.',
  ),
  QUERY_NO_FILE: entry<{ journal: string }>(
    409,
    (d) => `The journal of this troupe is no file (${d.journal}).`,
    "Give the troupe a journal file: createTroupe({ journal: 'team.db' }).",
  ),
} as const;
