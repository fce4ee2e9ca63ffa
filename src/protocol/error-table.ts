/**
 * Every error that Troupe throws, in one table.
 *
 * A code is stable; callers branch on it, never on text. Each entry gives the type of its data,
 * whether trying the same again can help, the HTTP status, and a message that says what happened
 * and what to do. `docs/errors` is generated from this table.
 */
import { failureText, issuesText } from './error-text.ts';
import type { Outcome } from './outcome.ts';

/** One code: its HTTP status, whether trying again can help, its message and the remedy. */
export interface Entry<Data> {
  /** HTTP status that an HTTP door answers with. */
  readonly status: number;
  /** Whether the same call can succeed later without a change. */
  readonly retryable: boolean;
  /** What happened, with the figures. */
  readonly says: (data: Data) => string;
  /** What to do about it. */
  readonly remedy: string;
}

const entry = <Data>(
  status: number,
  says: (data: Data) => string,
  remedy: string,
  retryable = false,
): Entry<Data> => ({ status, retryable, says, remedy });

/** The table: code, data, message, remedy. */
export const errorTable = {
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
    'Correct the named field.',
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
  // Runs
  RUN_CONFLICT: entry<{ run: string; definition: string }>(
    409,
    (d) => `Run ${d.run} exists with another input or definition.`,
    'Use another id, or start it again with the input it has.',
  ),
  UNKNOWN_RUN: entry<{ run: string }>(
    404,
    (d) => `There is no run ${d.run}.`,
    'Start the run first, or correct the id.',
  ),
  ILLEGAL_MOVE: entry<{ run: string; state: string; event: string }>(
    409,
    (d) => `${d.run} is ${d.state}; ${d.event} is refused there and nothing was changed.`,
    "Look at the run's snapshot before deciding again.",
  ),
  NOBODY_CAPABLE: entry<{ task: string; wanted: string; bots: readonly string[] }>(
    422,
    (d) => `No bot can do ${d.task}: nobody has ${d.wanted} (bots: ${d.bots.join(', ')}).`,
    'Register a bot with that capability, or name the bot in the task.',
  ),
  RUN_FAILED: entry<{ run: string; outcome: Outcome }>(
    500,
    (d) => `Run ${d.run} failed: ${failureText(d.outcome)}`,
    "The data's outcome holds the error and the chain of its causes.",
  ),
  RUN_CANCELLED: entry<{ run: string; outcome: Outcome }>(
    409,
    (d) => `Run ${d.run} was cancelled: ${failureText(d.outcome)}`,
    'Start it again under another id.',
  ),
  WAIT_TIMEOUT: entry<{ what: string; afterMs: number }>(
    504,
    (d) => `Waiting for ${d.what} was ended after ${d.afterMs} ms; the work goes on.`,
    'Wait again, longer, or cancel the run.',
    true,
  ),
  WAIT_ABORTED: entry<{ what: string }>(
    499,
    (d) => `Waiting for ${d.what} was ended by its signal; the work goes on.`,
    'Wait again when you need it.',
    true,
  ),
  PARKED: entry<{ run: string; reason: string }>(
    409,
    (d) => `Run ${d.run} is parked: ${d.reason}.`,
    'Register the definition it was started with, then call troupe.parked.retry().',
  ),
  // Work
  WORK_FAILED: entry<{ reason: string }>(
    500,
    (d) => d.reason,
    'Mend the work; a failed attempt is tried again by its retry policy.',
    true,
  ),
  WORK_TIMEOUT: entry<{ run: string; afterMs: number }>(
    504,
    (d) => `${d.run} took longer than its time-out of ${d.afterMs} ms.`,
    'Raise `timeout`, or make the work shorter; it is tried again by its retry policy.',
    true,
  ),
  TERMINAL: entry<{ reason: string }>(
    500,
    (d) => d.reason,
    'The work said that trying again is useless; correct its input or its code.',
  ),
  ABORTED: entry<{ run: string; reason: string }>(
    409,
    (d) => `The work of ${d.run} was ended: ${d.reason}.`,
    'Let the error pass; the run was not begun, has its outcome already, or is tried again.',
  ),
  STEP_NAME_TAKEN: entry<{ run: string; step: string }>(
    400,
    (d) => `${d.run} has two steps named ${d.step}.`,
    'Give each step its own name; number them in a loop.',
  ),
  SUSPENDED: entry<{ run: string }>(
    409,
    (d) => `${d.run} was put to sleep until its child runs settle.`,
    'Let the error pass; the work runs again from the top when it goes on.',
    true,
  ),
  // Messages
  UNKNOWN_RECIPIENT: entry<{ to: string }>(
    404,
    (d) => `There is no ${d.to}; the message went to the dead letters.`,
    'Register the bot first, or correct the id.',
  ),
  UNKNOWN_MESSAGE_TYPE: entry<{ to: string; type: string; known: readonly string[] }>(
    400,
    (d) => `${d.to} has no handler for ${d.type} (handlers: ${d.known.join(', ') || 'none'}).`,
    'Correct the type, or add a handler under `on`.',
  ),
  RESERVED_TYPE: entry<{ type: string }>(
    400,
    (d) => `Messages of type ${d.type} can't be sent from outside: the name is reserved.`,
    'Use a type that does not start with `xstate.`.',
  ),
  MAILBOX_FULL: entry<{ to: string; capacity: number }>(
    429,
    (d) => `The mailbox of ${d.to} is full (${d.capacity}); the message was not accepted.`,
    'Send again after a pause, or raise limits.mailboxMessages.',
    true,
  ),
  EXPIRED: entry<{ to: string }>(
    410,
    (d) => `The message to ${d.to} had expired before it was accepted.`,
    'Give it more time with `expiresIn`.',
  ),
  // Life of a troupe
  STOPPED: entry<{ state: string; call: string }>(
    503,
    (d) => `The troupe is ${d.state}; ${d.call} is refused.`,
    'Create a new troupe on the same journal.',
  ),
  // Journal
  JOURNAL_FAILED: entry<{ path: string; reason: string }>(
    500,
    (d) => `The journal ${d.path} failed: ${d.reason}. Nothing was acknowledged after it.`,
    'Mend the disk, then create the troupe again: it goes on from the last commit.',
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
  JOURNAL_WORKSPACE: entry<{ path: string; workspace: string; wanted: string }>(
    409,
    (d) => `The journal ${d.path} belongs to workspace ${d.workspace}, not ${d.wanted}.`,
    'Use one journal for each workspace, or pass its `name`.',
  ),
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
  // Ourselves
  BROKEN_INVARIANT: entry<{ invariant: string; found: string }>(
    500,
    (d) => `Broken invariant: ${d.invariant} (found ${d.found}).`,
    'This is a bug in Troupe; please report it with the journal.',
  ),
} as const;
