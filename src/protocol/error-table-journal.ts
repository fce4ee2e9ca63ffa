/** Errors of the journal. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const journalErrors = {
  // Journal
  JOURNAL_FAILED: entry<{ path: string; reason: string }>(
    500,
    (d) => `The journal ${d.path} failed: ${d.reason}. Nothing was acknowledged after it.`,
    'Mend the disk, then create the troupe again: it goes on from the last commit.',
  ),
  JOURNAL_FULL: entry<{ path: string }>(
    507,
    (d) => `There is no room to write to the journal ${d.path}. Nothing was acknowledged after it.`,
    'Free space on its disk, then create the troupe again: it goes on from the last commit.',
    true,
  ),
  JOURNAL_GONE: entry<{ path: string; file: string }>(
    410,
    (d) =>
      `${d.file} was removed, renamed or replaced while the journal ${d.path} was open. ` +
      'Nothing was acknowledged after it.',
    'Stop the troupe, put back the journal and its -wal file if they were moved (for a removed ' +
      '-lock or -wal the stop is enough: it saves what it can), then create the troupe again.',
  ),
  JOURNAL_IN_USE: entry<{ path: string }>(
    409,
    (d) => `The journal ${d.path} is in use by another process.`,
    'Stop that process first, or use another journal.',
    true,
  ),
  JOURNAL_UNREADABLE: entry<{ path: string; reason: string }>(
    400,
    (d) => `The journal ${d.path} can't be opened: ${d.reason}.`,
    'Check the path, its folder and the permissions.',
  ),
  JOURNAL_FOREIGN: entry<{ path: string; found: string }>(
    400,
    (d) => `${d.path} is not a Troupe journal: ${d.found}.`,
    'Pass the path of a journal, or of a file that does not exist yet.',
  ),
  JOURNAL_VERSION: entry<{ path: string; version: number; known: number }>(
    409,
    (d) => `The journal ${d.path} has format ${d.version}; this Troupe knows ${d.known}.`,
    'Use the version of Troupe that wrote it, or a newer one.',
  ),
  JOURNAL_UPGRADE: entry<{ path: string; version: number; known: number; reason: string }>(
    500,
    (d) =>
      `The journal ${d.path} has format ${d.version} and could not be brought to ${d.known}: ` +
      `${d.reason}. It is whole, and of its old format.`,
    'Remove the reason (a copy as large as the journal is made beside it), then start again.',
  ),
  JOURNAL_WORKSPACE: entry<{ path: string; workspace: string; wanted: string }>(
    409,
    (d) => `The journal ${d.path} belongs to workspace ${d.workspace}, not ${d.wanted}.`,
    'Use one journal for each workspace, or pass its `name`.',
  ),
  JOURNAL_DAMAGED: entry<{ path: string; table: string; key: string; problem: string }>(
    500,
    (d) => `The journal ${d.path} is damaged: ${d.table} ${d.key}: ${d.problem}.`,
    'Run `troupe journal FILE verify` on it, put back a copy, and look at the disk.',
  ),
  JOURNAL_CUT: entry<{ path: string; row: number; head: number; headFile: string }>(
    409,
    (d) =>
      `The journal ${d.path} ends at row ${d.row}, but ${d.headFile} says ${d.head}: it was cut.`,
    'Put back its newest copy, -wal file included; or remove the head, to go on without the rest.',
  ),
} as const;
