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
  const { timeout, heartbeat } = options;
  if (timeout === undefined && heartbeat === undefined) {
    return run(stepContext(signal, key, attempt, unawaited));
  }
  const afterMs = timeout === undefined ? undefined : durationMs(timeout);
  const silenceMs = heartbeat === undefined ? undefined : durationMs(heartbeat);
  const limit = { clock, afterMs, silenceMs, what: key, signal: signal() };
  return within(limit, (inTime, sign) => run(stepContext(() => inTime, key, attempt, sign)));
}

/** The signal is made when it is asked for: most steps never do. */
const stepContext = (
  signal: () => AbortSignal,
  key: string,
  attempt: number,
  heartbeat: () => void,
): StepContext => ({
  get signal() {
    return signal();
  },
  key,
  attempt,
  heartbeat,
});

function unawaited(): void {}

/** A bound in time for code that may not keep to it. */
export interface TimeLimit {
  readonly clock: Clock;
  readonly afterMs?: number | undefined;
  /** How long it may give no sign of life. */
  readonly silenceMs?: number | undefined;
  /** What is called too long in the error. */
  readonly what: string;
  /** Aborts the code before its time. */
  readonly signal: AbortSignal;
}

/**
 * Calls `run` with a signal that aborts when the time is up, when the code is silent for too long,
 * or when the given one aborts. Only the time ends the waiting: aborted code has settled when this
 * has. `run` gives signs of life by calling its second argument.
 * @throws TroupeError `WORK_TIMEOUT`, `HEARTBEAT_LOST`; what `run` throws.
 */
export async function within(
  limit: TimeLimit,
  run: (signal: AbortSignal, sign: () => void) => unknown,
): Promise<unknown> {
  const { signal } = limit;
  signal.throwIfAborted();
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timers = new LimitTimers(limit, (error) => {
    controller.abort(error);
    late.reject(error);
  });
  const aborted = (): void => {
    timers.end();
    controller.abort(signal.reason);
  };
  signal.addEventListener('abort', aborted, { once: true });
  try {
    return await Promise.race([run(controller.signal, timers.sign), late.promise]);
  } finally {
    timers.end();
    signal.removeEventListener('abort', aborted);
  }
}

/** The timers of a limit; the first that is due ends both. */
class LimitTimers {
  readonly #limit: TimeLimit;
  readonly #late: (error: unknown) => void;
  readonly #endTime: (() => void) | undefined;
  #endSilence: (() => void) | undefined;
  #isOver = false;

  constructor(limit: TimeLimit, late: (error: unknown) => void) {
    this.#limit = limit;
    this.#late = late;
    const { clock, afterMs, what } = limit;
    if (afterMs !== undefined) {
      const error = () => troupeError('WORK_TIMEOUT', { run: what, afterMs });
      this.#endTime = clock.after(afterMs, () => this.#end(error()));
    }
    this.sign();
  }

  /** A sign of life: silence is counted from now on. */
  readonly sign = (): void => {
    const { clock, silenceMs, what } = this.#limit;
    if (silenceMs === undefined || this.#isOver) return;
    this.#endSilence?.();
    const error = () => troupeError('HEARTBEAT_LOST', { run: what, afterMs: silenceMs });
    this.#endSilence = clock.after(silenceMs, () => this.#end(error()));
  };

  end(): void {
    this.#isOver = true;
    this.#endTime?.();
    this.#endSilence?.();
  }

  #end(error: unknown): void {
    this.end();
    this.#late(error);
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
