/** Errors of copies of a whole journal. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const snapshotErrors = {
  // Snapshots
  SNAPSHOT_EXISTS: entry<{ path: string }>(
    409,
    (d) => `There is a file at ${d.path} already; no snapshot was taken.`,
    'Give another path, or `{ overwrite: true }` to replace an older snapshot.',
  ),
  SNAPSHOT_UNWRITABLE: entry<{ path: string; reason: string }>(
    400,
    (d) => `No snapshot could be written to ${d.path}: ${d.reason}.`,
    'Give a path in a folder that exists, may be written to and has room for the whole journal.',
  ),
  SNAPSHOT_UNREADABLE: entry<{ path: string; reason: string }>(
    400,
    (d) => `The snapshot ${d.path} can't be read: ${d.reason}. Nothing was changed.`,
    'Check the path and the permissions.',
  ),
  SNAPSHOT_FOREIGN: entry<{ path: string; found: string }>(
    400,
    (d) => `${d.path} is no snapshot of a troupe: ${d.found}. Nothing was changed.`,
    'Pass a file that `troupe.snapshot` wrote; a journal is opened by `createTroupe`.',
  ),
  SNAPSHOT_NEWER: entry<{ path: string; version: number; known: number }>(
    409,
    (d) =>
      `The snapshot ${d.path} has format ${d.version}; this Troupe knows ${d.known}. ` +
      'Nothing was changed.',
    'Use the version of Troupe that wrote it, or a newer one.',
  ),
  SNAPSHOT_DAMAGED: entry<{ path: string; problem: string }>(
    422,
    (d) => `The snapshot ${d.path} is damaged: ${d.problem}. Nothing was changed.`,
    'Use another copy of it, or an older snapshot; `troupe journal FILE verify` tells all of it.',
  ),
  SNAPSHOT_WORKSPACE: entry<{ path: string; workspace: string; wanted: string }>(
    409,
    (d) =>
      `The snapshot ${d.path} belongs to workspace ${d.workspace}, not ${d.wanted}. ` +
      'Nothing was changed.',
    'Restore it in a troupe of that `name`.',
  ),
  JOURNAL_IS_SNAPSHOT: entry<{ path: string; takenAt: number }>(
    409,
    (d) => `${d.path} is a snapshot of a journal, not a journal to go on with.`,
    'Create the troupe on a path of its own and call `troupe.restore` with this one.',
  ),
  JOURNAL_FIXED: entry<{ path: string }>(
    409,
    (d) => `The journal ${d.path} can't be replaced by a snapshot. Nothing was changed.`,
    'Create the troupe with the path of its journal, or with a journal of `openJournal`.',
  ),
  RESTORING: entry<{ call: string }>(
    503,
    (d) => `The troupe is being restored from a snapshot; ${d.call} was refused.`,
    'Call again when `restore` has resolved.',
    true,
  ),
  RESTORED: entry<{ path: string; takenAt: number }>(
    410,
    (d) => `This belongs to what was before the troupe was restored from the snapshot ${d.path}.`,
    'Ask the troupe for it again, by its id; it may not exist there.',
  ),
} as const;
