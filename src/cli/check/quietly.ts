/**
 * Standard output holds the result and nothing else: what a user's code prints while it is loaded
 * and checked goes to standard error.
 */
import type { Terminal } from '../command.ts';

/** Runs something whose prints go to standard error. */
export async function quietly<Result>(
  terminal: Terminal,
  run: () => Promise<Result>,
): Promise<Result> {
  const { stdout } = process;
  const own = Object.getOwnPropertyDescriptor(stdout, 'write');
  Object.defineProperty(stdout, 'write', {
    configurable: true,
    writable: true,
    value: (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
      terminal.err(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const then = rest.find((one) => typeof one === 'function');
      if (then !== undefined) then();
      return true;
    },
  });
  try {
    return await run();
  } finally {
    if (own === undefined) Reflect.deleteProperty(stdout, 'write');
    else Object.defineProperty(stdout, 'write', own);
  }
}
