/**
 * What a refused call says, as data: tests compare codes and facts, never texts.
 */
import { expect } from 'vitest';
import { isTroupeError, type TroupeError } from '../src/protocol/index.ts';

/** Calls `deed`, which must throw a TroupeError, and gives it. */
export function errorOf(deed: () => unknown): TroupeError {
  try {
    deed();
  } catch (error) {
    if (isTroupeError(error)) return error;
    throw error;
  }
  return expect.fail('nothing was refused');
}

/** Calls `deed`, which must be refused, and gives the code and the facts of its error. */
export function refusal(deed: () => unknown): Readonly<Record<string, unknown>> {
  const { code, data } = errorOf(deed);
  return { code, ...data };
}

/** Waits for a call, which must be refused, and gives its error. */
export async function refusedError(call: PromiseLike<unknown>): Promise<TroupeError> {
  const error: unknown = await call.then(
    () => expect.fail('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (isTroupeError(error)) return error;
  throw error;
}

/** Waits for a call, which must be refused, and gives the code and the facts of its error. */
export async function refused(
  call: PromiseLike<unknown>,
): Promise<Readonly<Record<string, unknown>>> {
  const { code, data } = await refusedError(call);
  return { code, ...data };
}
