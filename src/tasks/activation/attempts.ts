/** The attempts of one durable step: its function, again after a failure, each within its time. */
import type { Clock } from '../../clock/index.ts';
import { backoffMs } from '../../policies/index.ts';
import {
  durationMs,
  isTroupeError,
  retryPolicy,
  type StepContext,
  type StepOptions,
  troupeError,
} from '../../protocol/index.ts';

/** A step that is to be attempted. */
export interface Attempted {
  readonly clock: Clock;
  /** The step's idempotency key. */
  readonly key: string;
  readonly run: (context: StepContext) => unknown;
  readonly options: StepOptions;
  /** The signal of the work; asked for when it is needed. */
  readonly signal: () => AbortSignal;
}

/** Runs a step's function until it gives a value or its attempts are used up. */
export async function attemptStep(step: Attempted): Promise<unknown> {
  const policy = retryPolicy(step.options.retry ?? false);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(step, attempt);
    } catch (error) {
      const isFinal = isTroupeError(error) && !error.retryable;
      if (isFinal || attempt >= policy.attempts) throw error;
      await pause(step.clock, backoffMs(attempt, policy, step.clock.random()), step.signal());
    }
  }
}

function once({ clock, key, run, options, signal }: Attempted, attempt: number): unknown {
  if (options.timeout === undefined) return run(stepContext(signal, key, attempt));
  const limit = { clock, afterMs: durationMs(options.timeout), what: key, signal: signal() };
  return within(limit, (inTime) => run(stepContext(() => inTime, key, attempt)));
}

/** The signal is made when it is asked for: most steps never do. */
const stepContext = (signal: () => AbortSignal, key: string, attempt: number): StepContext => ({
  get signal() {
    return signal();
  },
  key,
  attempt,
});

/** A bound in time for code that may not keep to it. */
export interface TimeLimit {
  readonly clock: Clock;
  readonly afterMs: number;
  /** What is called too long in the error. */
  readonly what: string;
  /** Aborts the code before its time. */
  readonly signal: AbortSignal;
}

/**
 * Calls `run` with a signal that aborts when the time is up or the given one aborts. Only the time
 * ends the waiting: aborted code has settled when this has.
 * @throws TroupeError `WORK_TIMEOUT`; what `run` throws.
 */
export async function within(
  { clock, afterMs, what, signal }: TimeLimit,
  run: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const endTimer = clock.after(afterMs, () => {
    const error = troupeError('WORK_TIMEOUT', { run: what, afterMs });
    controller.abort(error);
    late.reject(error);
  });
  const aborted = (): void => {
    endTimer();
    controller.abort(signal.reason);
  };
  signal.addEventListener('abort', aborted, { once: true });
  try {
    return await Promise.race([run(controller.signal), late.promise]);
  } finally {
    endTimer();
    signal.removeEventListener('abort', aborted);
  }
}

/** Waits, at most until the signal aborts. @throws its reason. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const over = Promise.withResolvers<void>();
  const aborted = (): void => over.reject(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  const endTimer = clock.after(ms, over.resolve);
  try {
    await over.promise;
  } finally {
    endTimer();
    signal.removeEventListener('abort', aborted);
  }
}
