/**
 * Contexts: whose code runs now, inside or outside of a step, carried along asynchronous code. Code
 * without a context is nobody's: the test runner, or the harness.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../../clock/index.ts';

/** Where simulated surprises come from, and who hears of them: one simulation. */
export interface Surprises {
  readonly clock: Clock;
  readonly random: () => number;
  /** When the simulated process began, milliseconds since 1970. */
  readonly startedAt: number;
  /** The process that lives, 1 for the first. */
  readonly life: number;
  /** Hears that code reads what no step records; tells whether it gets the simulated value. */
  read(context: Context, surprise: Surprise): boolean;
  /** Hears that real work begins; what it gives is called when that has ended. */
  work(context: Context, surprise: Surprise): () => void;
  /** Hears that something is computed beside; what it gives is called when that is over. */
  computes(): () => void;
  /** Hears that a timer's function threw. */
  threw(context: Context, error: unknown): void;
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

/** Gives a function that is called in the context of now, whoever calls it. */
export const bound = (call: () => void): (() => void) => AsyncLocalStorage.bind(call);

/** Whether the process of a context has ended: what still runs of it is never heard again. */
export const isGhost = ({ life, surprises }: Context): boolean => life !== surprises.life;

/** The context whose simulated value the caller gets; undefined: it gets the real one. */
export function served(surprise: Surprise): Context | undefined {
  const context = storage.getStore();
  if (context === undefined || context.isInside) return context;
  return context.surprises.read(context, surprise) ? context : undefined;
}

/** Whether a value is a generator, whose code runs when the next value is asked for. */
export const isGenerator = (value: unknown): value is AsyncGenerator | Generator =>
  /Generator\]$/.test(Object.prototype.toString.call(value));

/** Lets a generator's code run in a context, whoever asks for the next value. */
export function keepWithin(context: Context, generator: AsyncGenerator | Generator): void {
  for (const key of ['next', 'return', 'throw']) {
    const method: unknown = Reflect.get(generator, key);
    if (typeof method !== 'function') continue;
    const value = (...args: unknown[]): unknown =>
      storage.run(context, () => Reflect.apply(method, generator, args));
    Object.defineProperty(generator, key, { value, configurable: true, writable: true });
  }
}
