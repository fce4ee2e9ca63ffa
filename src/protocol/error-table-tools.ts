/** Errors of the audit. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const toolErrors = {
  // The audit
  AUDIT_PATH_MISSING: entry<{ path: string }>(
    404,
    (d) => `There is no ${d.path}.`,
    'Check the path; a relative one starts at the current folder.',
  ),
  AUDIT_PATH_NOT_FOLDER: entry<{ path: string }>(
    400,
    (d) => `${d.path} is not a folder.`,
    'Pass the folder that holds it.',
  ),
  AUDIT_PATH_UNREADABLE: entry<{ path: string; reason: string }>(
    403,
    (d) => `The folder ${d.path} can't be read (${d.reason}).`,
    'Check its permissions, or audit a folder that you may read.',
  ),
  AUDIT_FOLDER_TOO_LARGE: entry<{ path: string; entriesMax: number }>(
    413,
    (d) => `${d.path} holds more than ${d.entriesMax} files and folders.`,
    'Audit one of its folders.',
  ),
  AUDIT_FOLDER_EMPTY: entry<{ path: string; otherFiles: number; skipped: readonly string[] }>(
    422,
    (d) =>
      `There is no JavaScript or TypeScript to audit in ${d.path} ` +
      `(${d.otherFiles === 1 ? '1 file' : `${d.otherFiles} files`} of other kinds` +
      `${d.skipped.length > 0 ? `; left aside: ${d.skipped.join(', ')}` : ''}).`,
    'Pass the folder of the sources; node_modules and build output are left out.',
  ),
  ANALYSER_MISSING: entry<{ missing: readonly string[]; command: string }>(
    424,
    (d) => `The audit needs ${d.missing.join(', ')}; add what is missing with \`${d.command}\`.`,
    'Run that command in your project, then audit again.',
  ),
  ANALYSER_FAILED: entry<{ job: string; reason: string }>(
    500,
    (d) => `The analysis ${d.job} failed: ${d.reason}.`,
    "Compare the analysers' versions with those in Troupe's peer dependencies.",
  ),
  ANALYSER_DIED: entry<{ job: string; reason: string }>(
    500,
    (d) => `The thread of the analysis ${d.job} ended: ${d.reason}.`,
    'Try again; if it ran out of memory, audit a smaller folder.',
    true,
  ),
  ANALYSERS_STOPPED: entry<{ job: string }>(
    503,
    (d) => `The analysers are stopped; ${d.job} was not done.`,
    'Create a new pool.',
  ),
} as const;
