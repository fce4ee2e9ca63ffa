/** Failures: what code threw, as data that survives JSON, with the chain of its causes. */
import {
  type Failure,
  isTroupeError,
  limits,
  pruned,
  RunError,
  said,
  type TroupeError,
} from '../protocol/index.ts';

const { failureCauses: causesMax, codeChars: codeCharsMax } = limits;

/**
 * The failure of a thrown value. What Troupe throws keeps its code and whether trying again can
 * help; everything else is worth another attempt.
 * @param at where it happened: the address of the run, with the step.
 */
export function failureOf(error: unknown, at: string): Failure {
  try {
    return causedFailure(error, at, 0);
  } catch {
    // An error whose own getters throw tells nothing.
    return { code: 'WORK_FAILED', message: said(error), retryable: true, at };
  }
}

function causedFailure(error: unknown, at: string, depth: number): Failure {
  if (error instanceof RunError) return runFailure(error, at);
  if (isTroupeError(error, 'HANDLER_FAILED')) return handlerFailure(error, at);
  if (!(error instanceof Error)) {
    return { code: 'WORK_FAILED', message: said(error), retryable: true, at };
  }
  const { cause } = error;
  const hasCause = cause !== undefined && depth < causesMax;
  return {
    code: codeOf(error),
    message: said(error.message),
    retryable: isTroupeError(error) ? error.retryable : true,
    at,
    recovery: recoveryOf(error),
    stack: error.stack === undefined ? undefined : said(error.stack),
    cause: hasCause ? causedFailure(cause, at, depth + 1) : undefined,
  };
}

/** A child's failure is final: it had its own attempts. */
function runFailure(error: RunError, at: string): Failure {
  const { outcome } = error;
  return {
    code: error.code,
    message: said(error.message),
    retryable: false,
    at,
    cause: outcome.status === 'FAILED' ? pruned(outcome.error, 1) : undefined,
  };
}

/** So is that of a handler that was asked. */
const handlerFailure = (error: TroupeError<'HANDLER_FAILED'>, at: string): Failure => ({
  code: error.code,
  message: said(error.message),
  retryable: false,
  at,
  cause: pruned(error.data.failure, 1),
});

function codeOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return code === 'Error' || code === '' ? 'WORK_FAILED' : code.slice(0, codeCharsMax);
}

const recoveryOf = (error: Error): string | undefined =>
  'recovery' in error && typeof error.recovery === 'string' ? said(error.recovery) : undefined;
