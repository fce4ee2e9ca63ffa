/**
 * Simulated timers: `setTimeout`, `setInterval`, `setImmediate` and what clears them, on the
 * simulated clock. A timer's function runs in the context that set it, never after its process has
 * ended.
 */
import type { Cancel } from '../../../clock/index.ts';
import { bound, type Context, isGhost, served } from './context.ts';
import { isReal, nodeModule, type Real, type Swap } from './swaps.ts';

/** Node takes longer ones, and what is no number, for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** What of the process sets and clears timers. */
export function timerSwaps(): readonly Swap[] {
  return [globalThis, nodeModule('timers')].flatMap((holder): readonly Swap[] => [
    { holder, key: 'setTimeout', make: setter('setTimeout', once) },
    { holder, key: 'setInterval', make: setter('setInterval', always) },
    { holder, key: 'setImmediate', make: setter('setImmediate', now) },
    { holder, key: 'clearTimeout', make: clearer },
    { holder, key: 'clearInterval', make: clearer },
    { holder, key: 'clearImmediate', make: clearer },
  ]);
}

/** A timer on the simulated clock, with the members of Node's. */
export class SimulatedTimer {
  readonly #set: () => Cancel;
  #cancel: Cancel;
  #isReferenced = true;

  constructor(set: () => Cancel) {
    this.#set = set;
    this.#cancel = set();
  }

  /** Ends it. */
  close(): this {
    this.#cancel();
    return this;
  }

  /** Sets it anew. */
  refresh(): this {
    this.#cancel();
    this.#cancel = this.#set();
    return this;
  }

  /** A simulation runs all timers: this is only remembered. */
  ref(): this {
    this.#isReferenced = true;
    return this;
  }

  /** A simulation runs all timers: this is only remembered. */
  unref(): this {
    this.#isReferenced = false;
    return this;
  }

  /** As the last of `ref` and `unref` said. */
  hasRef(): boolean {
    return this.#isReferenced;
  }

  /** Its number, by which it can be cleared. */
  [Symbol.toPrimitive](): number {
    const known = numbers.get(this);
    if (known !== undefined) return known;
    count += 1;
    numbers.set(this, count);
    numbered.set(count, new WeakRef(this));
    return count;
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#cancel();
  }
}

/** Numbers of simulated timers are above those of real ones. */
let count = 2 ** 40;
const numbers = new WeakMap<SimulatedTimer, number>();
const numbered = new Map<number, WeakRef<SimulatedTimer>>();

/** Sets a timer that calls back in the context of now, unless its process has ended by then. */
export type SetTimer = (context: Context, call: () => void, ms: number) => Cancel;

/** Calls once after a time. */
export const once: SetTimer = (context, call, ms) => {
  if (isGhost(context)) return nothing;
  return context.surprises.clock.after(ms, guarded(context, call));
};

const always: SetTimer = (context, call, ms) => {
  let cancel = nothing;
  const set = (): void => {
    cancel = once(context, again, ms);
  };
  const again = (): void => {
    set();
    call();
  };
  set();
  return () => cancel();
};

/** Calls once after what is due already. */
export const now: SetTimer = (context, call) => {
  let isOpen = !isGhost(context);
  const run = guarded(context, call);
  if (isOpen) context.surprises.clock.soon(() => isOpen && run());
  return () => {
    isOpen = false;
  };
};

function guarded(context: Context, call: () => void): () => void {
  return bound(() => {
    if (isGhost(context)) return;
    try {
      call();
    } catch (error) {
      context.surprises.threw(context, error);
    }
  });
}

function setter(name: string, set: SetTimer): Swap['make'] {
  return (real) =>
    function timer(this: unknown, ...args: readonly unknown[]): unknown {
      const [call, ms, ...rest] = args;
      const context = isReal(call) ? served({ kind: 'timer', name, at: timer }) : undefined;
      if (context === undefined || !isReal(call)) return Reflect.apply(real, this, args);
      const given = name === 'setImmediate' ? args.slice(1) : rest;
      return new SimulatedTimer(() => set(context, () => void call(...given), waitOf(ms)));
    };
}

/** As Node takes a time: at least 1 ms, and 1 ms for what is none or too long. */
export function waitOf(ms: unknown): number {
  const wait = Number(ms);
  return wait >= 1 && wait <= LONGEST_MS ? Math.trunc(wait) : 1;
}

function clearer(real: Real): unknown {
  return function clear(this: unknown, ...args: readonly unknown[]): unknown {
    const [timer] = args;
    const simulated =
      timer instanceof SimulatedTimer ? timer : numbered.get(Number(timer))?.deref();
    if (simulated === undefined) return Reflect.apply(real, this, args);
    simulated.close();
    return undefined;
  };
}

const nothing: Cancel = () => undefined;
