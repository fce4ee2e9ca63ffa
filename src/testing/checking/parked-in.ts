/** What a live journal holds that these definitions would park. */
import { openReader } from '../../journal/index.ts';
import { type WouldPark, wouldPark } from '../../troupe/index.ts';
import type { Checkable } from './definitions-in.ts';

/**
 * What of the journal in a file a troupe with these definitions would park, with the reason. It
 * only reads: the journal may be in use.
 * @throws TroupeError `JOURNAL_UNREADABLE`, `JOURNAL_FOREIGN`, `JOURNAL_VERSION`;
 *   `DUPLICATE_DEFINITION`, `BAD_OPTION`.
 */
export async function parkedIn(
  file: string,
  definitions: readonly Checkable[],
): Promise<readonly WouldPark[]> {
  const reader = await openReader(file);
  try {
    return wouldPark(reader, definitions);
  } finally {
    reader.close();
  }
}
