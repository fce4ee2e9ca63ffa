/**
 * Part stream: the parts of one answer on their way from a handler to the caller who asked.
 *
 * It holds at most `window` parts that the caller has not taken: then the handler waits, so a slow
 * caller slows the handler down. Parts are numbered; a handler that is tried again goes on behind
 * what was given before. Path: open -> ended (by the handler) or closed (by the caller).
 */

/** What the caller gets next. */
export type Next = { readonly part: unknown } | { readonly end: true };

/** The parts of one answer. */
export class PartStream {
  readonly #window: number;
  readonly #controller = new AbortController();
  readonly #parts: unknown[] = [];
  /** Parts that the handler has given, over all its attempts. */
  #given = 0;
  #end: { readonly error?: unknown } | undefined;
  /** Wakes who waits: the caller for a part, the handler for room. */
  #changed = Promise.withResolvers<void>();

  constructor(window: number) {
    this.#window = window;
  }

  /** Aborted when the caller takes no more parts. */
  get closed(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether a part of this ordinal was given before. */
  has(ordinal: number): boolean {
    return ordinal <= this.#given;
  }

  /** Gives a part, when there is room for it. @throws the reason of `close`, or of the signal. */
  async push(part: unknown, signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (this.#parts.length >= this.#window) {
        this.closed.throwIfAborted();
        signal.throwIfAborted();
        await this.#changed.promise;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
    this.closed.throwIfAborted();
    this.#given += 1;
    this.#parts.push(part);
    this.#wake();
  }

  /** The handler gives no more. */
  end(failure: { readonly error?: unknown }): void {
    this.#end ??= failure;
    this.#wake();
  }

  /** The caller takes no more. */
  close(reason: unknown): void {
    this.#controller.abort(reason);
    this.#wake();
  }

  /** Whether the caller would have to wait now. */
  get isEmpty(): boolean {
    return this.#parts.length === 0 && this.#end === undefined;
  }

  /** The next part, or the end behind the last one. @throws why it ended. */
  async next(): Promise<Next> {
    while (this.isEmpty) await this.#changed.promise;
    if (this.#parts.length > 0) {
      const part = this.#parts.shift();
      this.#wake();
      return { part };
    }
    if (this.#end !== undefined && 'error' in this.#end) throw this.#end.error;
    return { end: true };
  }

  #wake(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
  }
}
