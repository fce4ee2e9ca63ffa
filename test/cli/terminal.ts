/** A terminal that keeps what is written to it, and is interrupted by a call. */
import type { Signal, Terminal } from '../../src/cli/command.ts';

/** What a test gives and takes of a terminal. */
export interface FakeTerminal extends Terminal {
  /** What was written so far. */
  readonly shown: { out: string; err: string };
  /** What Ctrl-C does; false when nobody listens, and the process would end. */
  readonly interrupt: (signal: Signal) => boolean;
}

/** A terminal; by default standard error is no screen and nothing is styled. */
export function fakeTerminal(options: Partial<Terminal> = {}): FakeTerminal {
  const shown = { out: '', err: '' };
  const listeners = new Set<(signal: Signal) => void>();
  return {
    shown,
    out: (text) => {
      shown.out += text;
    },
    err: (text) => {
      shown.err += text;
    },
    flush: async () => undefined,
    isScreen: false,
    isStyled: false,
    columns: 80,
    onInterrupt: (then) => {
      listeners.add(then);
      return () => void listeners.delete(then);
    },
    interrupt: (signal) => {
      const called = [...listeners];
      for (const listener of called) listener(signal);
      return called.length > 0;
    },
    ...options,
  };
}
