/**
 * The error that Troupe throws: a stable code of the table, its data, and a message that says what
 * to do.
 */
import { type Entry, errorTable } from './error-table.ts';
import type { Failure, Outcome } from './outcome.ts';

export { errorTable } from './error-table.ts';

/** The stable codes. */
export type ErrorCode = keyof typeof errorTable;

/** The data that comes with a code. */
export type ErrorData<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['says']>[0] & {
  /** Which message of a batch was refused, from 0. */
  readonly index?: number;
};

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

/** A failure with a code of the table, as data: what happened, without the remedy. */
export function codedFailure<Code extends ErrorCode>(code: Code, data: ErrorData<Code>): Failure {
  const { says, retryable } = entryOf(code);
  return { code, message: says(data), retryable };
}

/** Makes the error of a code; pass `cause` when another error led to it. */
export function troupeError<Code extends ErrorCode>(
  code: Code,
  data: ErrorData<Code>,
  cause?: unknown,
): TroupeError<Code> {
  return new TroupeError(code, data, cause);
}

/** The error of one message of a batch: message and data name its index. */
export const errorAt = <Code extends ErrorCode>(
  { code, data, cause }: TroupeError<Code>,
  index: number,
): TroupeError<Code> => new TroupeError(code, { ...data, index }, cause);

/** Whether `error` is a Troupe error, and of `code` when one is given; never throws. */
export function isTroupeError<Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is TroupeError<Code> {
  try {
    return error instanceof TroupeError && (code === undefined || error.code === code);
  } catch {
    // A proxy may refuse to tell its prototype.
    return false;
  }
}

/** Ends a `switch` over a union: a member without a case does not compile. */
export function assertNever(value: never, invariant: string): never {
  throw troupeError('BROKEN_INVARIANT', { invariant, found: JSON.stringify(value) });
}

function messageOf<Code extends ErrorCode>(code: Code, data: ErrorData<Code>): string {
  const found = entryOf(code);
  const place = 'index' in data ? `message ${data.index}: ` : '';
  return `${place}${sentence(found.says(data))} ${found.remedy}`;
}

/** What data says may end a message without a full stop. */
const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

const entryOf = <Code extends ErrorCode>(code: Code): Entry<ErrorData<Code>> =>
  errorTable[code] as unknown as Entry<ErrorData<Code>>;
