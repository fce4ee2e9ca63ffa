/**
 * Answers one query in the process for it.
 *
 * A query has a connection of its own, opened for it and closed after it: it keeps the log of the
 * journal from being reused for as long as it takes, and no longer.
 */
import { isTroupeError } from '../../protocol/index.ts';
import { locate } from '../sqlite/connection.ts';
import { readOnce } from '../sqlite/reader.ts';
import type { Asked } from './asked.ts';
import { answer } from './statement.ts';
import type { Replied } from './told.ts';

/** The answer to a query of the journal at a path, or its error. */
export function replyTo(path: string, asked: Asked): Replied {
  try {
    const found = readOnce(locate(path), (db) => {
      // What is sorted is held in memory, which has a bound, and not on a disk, which has none.
      db.exec('PRAGMA temp_store = MEMORY');
      return answer(db, asked);
    });
    return { type: 'answer', answer: found };
  } catch (error) {
    if (isTroupeError(error)) {
      return { type: 'error', error: { code: error.code, data: error.data } };
    }
    return { type: 'error', error: { code: 'QUERY_FAILED', data: { reason: String(error) } } };
  }
}
