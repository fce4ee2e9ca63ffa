/** The attempts of one durable step: its function, again after a failure, each within its time. */
import { backoffMs } from '../policies/index.ts';
import {
  durationMs,
  retryPolicy,
  type StepContext,
  type StepOptions,
  TerminalError,
  troupeError,
} from '../protocol/index.ts';
import type { Activation } from './activation.ts';

/** Runs a step's function until it gives a value or its attempts are used up. */
export async function attemptStep(
  activation: Activation,
  name: string,
  run: (context: StepContext) => unknown,
  options: StepOptions,
): Promise<unknown> {
  const policy = retryPolicy(options.retry ?? false);
  const { clock } = activation.ports.host;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(activation, name, run, attempt, options.timeout);
    } catch (error) {
      const isLast = attempt >= policy.attempts || error instanceof TerminalError;
      if (isLast || activation.signal.aborted) throw error;
      const pauseMs = backoffMs(attempt, policy, clock.random());
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }
}

async function once(
  activation: Activation,
  name: string,
  run: (context: StepContext) => unknown,
  attempt: number,
  timeout: StepOptions['timeout'],
): Promise<unknown> {
  const key = `${activation.runId}/${name}`;
  if (timeout === undefined) return run(stepContext(() => activation.signal, key, attempt));
  const afterMs = durationMs(timeout);
  const controller = new AbortController();
  const forward = (): void => controller.abort(activation.signal.reason);
  activation.signal.addEventListener('abort', forward, { once: true });
  const late = Promise.withResolvers<never>();
  const endTimer = activation.ports.host.clock.after(afterMs, () => {
    const error = troupeError('WORK_TIMEOUT', { run: key, afterMs });
    controller.abort(error);
    late.reject(error);
  });
  try {
    const context = stepContext(() => controller.signal, key, attempt);
    return await Promise.race([run(context), late.promise]);
  } finally {
    endTimer();
    activation.signal.removeEventListener('abort', forward);
  }
}

/** The signal is made when it is asked for: most steps never do. */
const stepContext = (signal: () => AbortSignal, key: string, attempt: number): StepContext => ({
  get signal() {
    return signal();
  },
  key,
  attempt,
});
