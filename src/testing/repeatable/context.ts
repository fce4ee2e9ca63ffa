/**
 * Contexts: whose code runs now, inside or outside of a step, carried along asynchronous code. Code
 * without a context is nobody's: the test runner, or the harness.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SimulatedClock } from '../../clock/index.ts';

/** What surprises come from, and who hears of them. */
export interface Surprises {
  readonly clock: SimulatedClock;
  readonly random: () => number;
  /** The process that lives, 1 for the first. */
  readonly life: number;
  /** Hears that code of this context reads something that no step records. */
  read(context: Context, what: Surprise): Verdict;
  /** Hears that real work begins; what it gives is called when that has ended. */
  work(context: Context, what: Surprise): () => void;
}

/** What is read. */
export interface Surprise {
  readonly kind: 'time' | 'chance' | 'timer' | 'world';
  /** As in the source: `Date.now`, `fetch`. */
  readonly name: string;
  /** The function whose caller reads it. */
  readonly at: (...args: never) => unknown;
  /** Which part of the world: an address, a path. */
  readonly subject?: string | undefined;
}

/** Whether the simulated value is served, or the real one: the test runner reads it. */
export type Verdict = 'simulated' | 'real';

/** Whose code runs, and where. */
export interface Context {
  /** `finder`, `finder.search`. */
  readonly of: string;
  readonly isInside: boolean;
  /** The process in which it was called. */
  readonly life: number;
  readonly surprises: Surprises;
}

const storage = new AsyncLocalStorage<Context>();

/** The context of the code that runs now. */
export const contextNow = (): Context | undefined => storage.getStore();

/** Calls code in a context. */
export const within = <V>(context: Context, call: () => V): V => storage.run(context, call);

/** Calls code in no context. */
export const withoutContext = <V>(call: () => V): V => storage.exit(call);

/** Whether the process of a context has ended: what still runs of it is never heard again. */
export const isGhost = ({ life, surprises }: Context): boolean => life !== surprises.life;
