/** Watched promises: those that user code may leave unawaited. */

/** The same promise; a rejection of it that nobody sees ends no process. */
export function watched<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
