/** Simulated timers that are awaited: `node:timers/promises` and `AbortSignal.timeout`. */
import { type Context, served } from './context.ts';
import { nodeModule, type Real, type Swap } from './swaps.ts';
import { now, once, type SetTimer, waitOf } from './timers.ts';

/** What of the process gives promises of time. */
export function promisedSwaps(): readonly Swap[] {
  const holder = nodeModule('timers/promises');
  const scheduler = Object(Reflect.get(holder, 'scheduler'));
  const after = { set: once, name: 'setTimeout', at: { ms: 0, value: 1, options: 2 } };
  const soon = { set: now, name: 'setImmediate', at: { ms: -1, value: 0, options: 1 } };
  const wait = { set: once, name: 'scheduler.wait', at: { ms: 0, value: -1, options: 1 } };
  return [
    { holder, key: 'setTimeout', make: (real) => promised(real, after) },
    { holder, key: 'setImmediate', make: (real) => promised(real, soon) },
    { holder, key: 'setInterval', make: repeated },
    { holder: scheduler, key: 'wait', make: (real) => promised(real, wait) },
    { holder: AbortSignal, key: 'timeout', make: timedOut },
  ];
}

interface Shape {
  readonly name: string;
  readonly set: SetTimer;
  /** Where among the arguments; -1: nowhere. */
  readonly at: { readonly ms: number; readonly value: number; readonly options: number };
}

/** What is wrong with the arguments, and an abort, the real function says. */
function promised(real: Real, { name, set, at }: Shape): unknown {
  return function timer(this: unknown, ...args: readonly unknown[]): unknown {
    const context = served({ kind: 'timer', name, at: timer });
    const signal = signalIn(args[at.options]);
    const isReady = context !== undefined && signal?.aborted !== true;
    if (!isReady) return Reflect.apply(real, this, args);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const cancel = set(context, () => resolve(args[at.value]), waitOf(args[at.ms]));
    signal?.addEventListener(
      'abort',
      () => {
        cancel();
        resolve(Reflect.apply(real, this, args));
      },
      { once: true },
    );
    return promise;
  };
}

function signalIn(options: unknown): AbortSignal | undefined {
  const signal: unknown = Reflect.get(Object(options), 'signal');
  return signal instanceof AbortSignal ? signal : undefined;
}

function repeated(real: Real): unknown {
  return function interval(this: unknown, ...args: readonly unknown[]): unknown {
    const [ms, value, options] = args;
    const context = served({ kind: 'timer', name: 'setInterval', at: interval });
    if (context === undefined) return Reflect.apply(real, this, args);
    return ticks(context, waitOf(ms), value, signalIn(options));
  };
}

async function* ticks(
  context: Context,
  ms: number,
  value: unknown,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  for (;;) {
    signal?.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = once(context, resolve, ms);
    signal?.addEventListener('abort', () => resolve(cancel()), { once: true });
    await promise;
    signal?.throwIfAborted();
    yield value;
  }
}

function timedOut(real: Real): unknown {
  return function timeout(this: unknown, ...args: readonly unknown[]): unknown {
    const [ms] = args;
    const isTime = typeof ms === 'number' && ms >= 0 && Number.isSafeInteger(ms);
    const name = 'AbortSignal.timeout';
    const context = isTime ? served({ kind: 'timer', name, at: timeout }) : undefined;
    if (context === undefined) return Reflect.apply(real, this, args);
    const controller = new AbortController();
    const reason = 'The operation was aborted due to timeout';
    once(context, () => controller.abort(new DOMException(reason, 'TimeoutError')), Number(ms));
    return controller.signal;
  };
}
