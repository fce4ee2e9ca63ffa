/** Asking who sits at the terminal: a question on standard error, a line from standard input. */
import type { Terminal } from './command.ts';

/** How a person can be asked; undefined where input or errors are no terminal. */
export function asking({ stdin, stderr } = process): Terminal['ask'] {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  return async (question, signal) => {
    const { createInterface } = await import('node:readline');
    // The terminal itself edits the line, and turns Ctrl-C into a signal as at any other time.
    const lines = createInterface({ input: stdin, terminal: false });
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const close = (): void => lines.close();
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
    // Nobody pressed Enter, so the question's line is still open.
    void promise.then((line) => line ?? stderr.write('\n'));
    signal.addEventListener('abort', close, { once: true });
    stderr.write(question);
    if (signal.aborted) close();
    return promise.finally(close);
  };
}
