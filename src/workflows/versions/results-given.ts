/** What a migration gave: results by the name of a step. */

/** The results by name, or a text that says why it gave none. */
export function resultsGiven(given: unknown): ReadonlyMap<string, unknown> | string {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return 'it gives no object of results by step';
  }
  if (typeof Reflect.get(given, 'then') === 'function') {
    return 'it gives a promise: it must be synchronous';
  }
  return new Map(Object.entries(given));
}
