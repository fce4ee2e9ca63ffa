/** Parts: what code gives piece by piece, as an async generator; its return value is the result. */
import type { Host } from '../engine/index.ts';
import type { PartStream } from '../messages/index.ts';
import type { TroupeError } from '../protocol/index.ts';

/** Whether what code gave is an async generator. */
export const isGenerator = (value: unknown): value is AsyncGenerator<unknown, unknown> =>
  Object.prototype.toString.call(value) === '[object AsyncGenerator]';

/**
 * Takes each part before it asks for the next; gives the return value. When a part is not taken,
 * the generator is ended, so that what it has open is closed.
 * @throws what the generator throws, or `take`.
 */
export async function eachPart(
  generator: AsyncGenerator<unknown, unknown>,
  take: (part: unknown, ordinal: number) => Promise<void>,
): Promise<unknown> {
  for (let ordinal = 1; ; ordinal += 1) {
    const { done, value } = await generator.next();
    if (done === true) return value;
    try {
      await take(value, ordinal);
    } catch (error) {
      await generator.return(undefined);
      throw error;
    }
  }
}

/** Where the parts of a handler go. */
export interface PartsTo {
  /** Undefined when nobody asked for parts: then they are dropped. */
  readonly stream: PartStream | undefined;
  readonly signal: AbortSignal;
  /** What is thrown at parts when one reply was asked for. */
  readonly refusal?: (() => TroupeError) | undefined;
  /** Gives a copy of a part. @throws TroupeError `NOT_JSON`, `TOO_LARGE`. */
  readonly check: (part: unknown) => unknown;
}

/**
 * The value of a handler; what it yields goes to the stream, but for what was given before by an
 * earlier attempt. A value that is no generator is the one part.
 */
export async function answerOf(
  given: unknown,
  { stream, signal, refusal, check }: PartsTo,
): Promise<unknown> {
  const take = async (part: unknown, ordinal: number): Promise<void> => {
    const checked = check(part);
    if (stream?.has(ordinal) === false) await stream.push(checked, signal);
  };
  const value = await given;
  if (isGenerator(value) && refusal !== undefined) {
    await value.return(undefined);
    throw refusal();
  }
  if (isGenerator(value)) return eachPart(value, take);
  if (stream !== undefined) await take(value, 1);
  return value;
}

/** Waits for a handler; when its caller takes no more parts, for the time of grace at most. */
export async function untilClosed(
  value: Promise<unknown>,
  { closed }: PartStream,
  { clock, limits }: Host,
): Promise<unknown> {
  const over = Promise.withResolvers<void>();
  let endTimer: (() => void) | undefined;
  const letGo = (): void => {
    endTimer = clock.after(limits.graceMs, over.resolve);
  };
  if (closed.aborted) letGo();
  closed.addEventListener('abort', letGo, { once: true });
  try {
    return await Promise.race([value, over.promise]);
  } catch (error) {
    // Nobody waits for what went wrong after that.
    if (!closed.aborted) throw error;
    return undefined;
  } finally {
    closed.removeEventListener('abort', letGo);
    endTimer?.();
  }
}
