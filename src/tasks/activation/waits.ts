/**
 * Waits: who waits for what is yet to be recorded, by the name of the step; and promises that user
 * code may leave unawaited.
 */

/** Promises of recorded JSON texts, resolved from outside. */
export class Waits {
  readonly #waiting = new Map<string, PromiseWithResolvers<string>>();
  /** Those that wait for what is durable; what is only asked for may yet be refused. */
  readonly #sure = new Set<string>();

  get size(): number {
    return this.#waiting.size;
  }

  /** How many wait for what is durable. */
  get sure(): number {
    return this.#sure.size;
  }

  /** Waits for a step; a rejection that nobody sees ends no process. */
  add(step: string): Promise<string> {
    const waiting = Promise.withResolvers<string>();
    waiting.promise.catch(() => undefined);
    this.#waiting.set(step, waiting);
    return waiting.promise;
  }

  /** What a step waits for is durable: it will come. */
  makeSure(step: string): void {
    if (this.#waiting.has(step)) this.#sure.add(step);
  }

  /** Whether somebody waits for a step. */
  has(step: string): boolean {
    return this.#waiting.has(step);
  }

  /** Takes who waits for a step; the result lets it go on. */
  take(step: string): ((body: string) => void) | undefined {
    const waiting = this.#waiting.get(step);
    this.#waiting.delete(step);
    this.#sure.delete(step);
    return waiting?.resolve;
  }

  /** Refuses all who wait. */
  refuse(reason: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
  }
}

/** What is never over: the caller is held for good, and dropped with all that waits for it. */
export const forever = (): Promise<never> => new Promise(() => {});

/** The same promise; a rejection of it that nobody sees ends no process. */
export function watched<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
