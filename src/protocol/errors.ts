/**
 * Every error that Troupe throws, in one table.
 *
 * A code is stable; callers branch on it, never on text. Each entry gives the type of its data,
 * whether trying the same again can help, the HTTP status, and a message that says what happened
 * and what to do. `docs/errors` is generated from this table.
 */
import type { Outcome } from './outcome.ts';

interface Entry<Data> {
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
    'Use a synchronous schema, and do asynchronous checks in the work.',
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
    (d) => `${d.what} did not come within ${d.afterMs} ms; the work goes on.`,
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
  // Ourselves
  BROKEN_INVARIANT: entry<{ invariant: string; found: string }>(
    500,
    (d) => `Broken invariant: ${d.invariant} (found ${d.found}).`,
    'This is a bug in Troupe; please report it with the journal.',
  ),
} as const;

/** The stable codes. */
export type ErrorCode = keyof typeof errorTable;

/** The data that comes with a code. */
export type ErrorData<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['says']>[0];

/** An error with a stable code, its data, and a message that says what to do. */
export class TroupeError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = 'TroupeError';
  /** The stable code; branch on it. */
  readonly code: Code;
  /** The facts behind the message. */
  readonly data: ErrorData<Code>;
  /** Whether the same call can succeed later without a change. */
  readonly retryable: boolean;

  constructor(code: Code, data: ErrorData<Code>, cause?: unknown) {
    super(messageOf(code, data), cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
    this.retryable = errorTable[code].retryable;
  }
}

/** The run failed or was cancelled; `outcome` holds what happened. */
export class RunError extends TroupeError<'RUN_FAILED' | 'RUN_CANCELLED'> {
  override readonly name = 'RunError';
  /** How the run ended. */
  readonly outcome: Outcome;

  constructor(run: string, outcome: Outcome) {
    const code = outcome.status === 'CANCELLED' ? 'RUN_CANCELLED' : 'RUN_FAILED';
    super(code, { run, outcome }, outcome.status === 'FAILED' ? outcome.error : undefined);
    this.outcome = outcome;
  }
}

/** Thrown by work to say that trying again is useless. */
export class TerminalError extends TroupeError<'TERMINAL'> {
  override readonly name = 'TerminalError';

  constructor(reason: string, options: { cause?: unknown } = {}) {
    super('TERMINAL', { reason }, options.cause);
  }
}

/** Makes the error of a code; pass `cause` when another error led to it. */
export function troupeError<Code extends ErrorCode>(
  code: Code,
  data: ErrorData<Code>,
  cause?: unknown,
): TroupeError<Code> {
  return new TroupeError(code, data, cause);
}

/** Whether `error` is a Troupe error, and of `code` when one is given. */
export function isTroupeError<Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is TroupeError<Code> {
  return error instanceof TroupeError && (code === undefined || error.code === code);
}

/** Ends a `switch` over a union: a member without a case does not compile. */
export function assertNever(value: never, invariant: string): never {
  throw troupeError('BROKEN_INVARIANT', { invariant, found: JSON.stringify(value) });
}

function messageOf<Code extends ErrorCode>(code: Code, data: ErrorData<Code>): string {
  const found = errorTable[code] as unknown as Entry<ErrorData<Code>>;
  return `${found.says(data)} ${found.remedy}`;
}

function issuesText(issues: readonly { path: string; message: string }[]): string {
  return issues.map((issue) => `${issue.path || '(whole)'}: ${issue.message}`).join('; ');
}

function failureText(outcome: Outcome): string {
  if (outcome.status === 'FAILED') return `[${outcome.error.code}] ${outcome.error.message}`;
  return outcome.status === 'CANCELLED' ? outcome.reason : outcome.status;
}
