/** Orders: what the test tells the process under load to do, one line of JSON each. */

/** One order; it is acknowledged under its number, which no other order has. */
export type Order =
  | { readonly n: number; readonly act: 'book'; readonly from: string; readonly ledger: number }
  | { readonly n: number; readonly act: 'note'; readonly from: string; readonly priority: number }
  | { readonly n: number; readonly act: 'ask'; readonly from: string }
  | { readonly n: number; readonly act: 'bell'; readonly ms: number }
  | { readonly n: number; readonly act: 'silence'; readonly bell: number }
  | { readonly n: number; readonly act: 'courier' }
  | { readonly n: number; readonly act: 'trip'; readonly isLost: boolean };

/** What the process says, one line of JSON each. */
export type Said =
  | { readonly said: 'up' | 'stopped' }
  | { readonly said: 'commit'; readonly commit: number }
  | { readonly said: 'ack'; readonly n: number; readonly value?: unknown }
  | { readonly said: 'refused'; readonly n: number; readonly code: string }
  | {
      readonly said: 'end';
      readonly run: string;
      readonly status: string;
      readonly result: unknown;
    };

/** How a process is to behave. */
export interface Manner {
  /** Counts the processes on a journal. */
  readonly life: number;
  /** It kills itself around the commit of that number. */
  readonly dies?: { readonly commit: number; readonly moment: 'before' | 'after' } | undefined;
  /** It says so after each commit. */
  readonly tellsCommits?: boolean;
  /** Hardly any actor may stay in memory. */
  readonly isCramped?: boolean;
  /** It brings all to an end, tells the ends of all runs, and stops. */
  readonly drains?: boolean;
}
