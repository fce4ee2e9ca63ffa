/**
 * What a command of the terminal is: its words, and how it runs.
 *
 * Exit codes: 0 done, 1 the work failed, 2 bad arguments or input, 3 it waits for a person. Errors
 * go to standard error as one line with a code and what to do; standard output holds the result and
 * nothing else.
 */
import { isTroupeError, troupeError } from '../protocol/index.ts';

/** The terminal, or what stands in for it in tests. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /**
   * Resolves when standard output was taken, or can't be: with what went wrong, if anything did.
   * That its reader has seen enough, as `head` does, is nothing wrong.
   */
  readonly flush: () => Promise<string | undefined>;
  /** Whether standard error is a screen, where a line can be drawn anew. */
  readonly isScreen: boolean;
  /** Whether standard output shows bold and dim text. */
  readonly isStyled: boolean;
  /**
   * Asks who sits there, and resolves with the line that they type; undefined when they close the
   * input, or the signal ends the asking. Undefined where nobody sits.
   */
  readonly ask?:
    | ((question: string, signal: AbortSignal) => Promise<string | undefined>)
    | undefined;
  /** Width in characters. */
  readonly columns: number;
  /** Calls back on Ctrl-C (SIGINT) and SIGTERM; the result stops listening. */
  readonly onInterrupt: (then: (signal: Signal) => void) => () => void;
}

/** A signal that asks a command to stop. */
export type Signal = 'SIGINT' | 'SIGTERM';

/** A command. */
export interface Command {
  readonly name: string;
  /** How it is called, without the program's name. */
  readonly usage: string;
  /** One line about what it does. */
  readonly summary: string;
  /** What `--help` tells below the usage. */
  readonly help: string;
  /** Runs it; the result is the exit code. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<number>;
}

/** Exit codes; those of signals are what a shell gives for them. */
export const exitCodes = {
  ...{ done: 0, failed: 1, badInput: 2, waiting: 3 },
  ...{ SIGINT: 130, SIGTERM: 143 },
} as const;

/** An argument that can't be used. @throws TroupeError `BAD_OPTION`, always. */
export function refuseArgument(command: string, field: string, problem: string): never {
  throw troupeError('BAD_OPTION', { where: `troupe ${command}`, field, problem });
}

/** The one line that tells an error: code, what happened, what to do. */
export function errorLine(error: unknown): string {
  if (isTroupeError(error)) return `[${error.code}] ${error.message}\n`;
  const text = error instanceof Error ? error.message : String(error);
  return `[UNEXPECTED] ${text.split('\n')[0]} This is a bug in Troupe; please report it.\n`;
}

/** Waits for standard output. @throws TroupeError `BAD_OPTION` when it can't be written. */
export async function delivered(terminal: Terminal, command: string): Promise<void> {
  const problem = await terminal.flush();
  if (problem !== undefined) refuseArgument(command, 'standard output', `fails: ${problem}`);
}

/** Whether an error tells that the arguments or the input were wrong. */
export const isBadInput = (error: unknown): boolean =>
  isTroupeError(error) && isBadInputCode(error.code);

/** Whether a code does. */
export const isBadInputCode = (code: string): boolean =>
  /^(BAD_|AUDIT_|JOURNAL_)/.test(code) ? !diskCodes.has(code) : badInputCodes.has(code);

/** They tell of a disk that failed under the work, or of a journal that is not as written. */
const diskCodes: ReadonlySet<string> = new Set([
  'JOURNAL_FAILED',
  'JOURNAL_FULL',
  'JOURNAL_GONE',
  'JOURNAL_DAMAGED',
  'JOURNAL_CUT',
]);

const badInputCodes: ReadonlySet<string> = new Set([
  'ANALYSER_MISSING',
  'DUPLICATE_DEFINITION',
  'NO_ARBITRARY',
  'QUERY_FAILED',
  'QUERY_REFUSED',
  'QUERY_TOO_LARGE',
  'UNKNOWN_RUN',
]);
