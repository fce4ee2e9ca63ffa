/**
 * The errors of XState's interpreter that compiled steps raise themselves, word for word: what a
 * user learns of a failing chart does not depend on who ran it.
 */
import { type ChartTransition, isCallable } from './chart.ts';
import { nameOf } from './guards.ts';

/** A guard threw while the transitions for an event were selected. */
export function guardFailed(
  { source, guard }: ChartTransition,
  eventType: string,
  thrown: unknown,
): Error {
  const named = guard === undefined || isCallable(guard) ? '' : `'${nameOf(guard)}' `;
  const where = `in transition for event '${eventType}' in state node '${source.id}'`;
  return new Error(`Unable to evaluate guard ${named}${where}:\n${messageOf(thrown)}`);
}

/** What was thrown may be no error; then reading its message may throw, as in XState. */
const messageOf = (thrown: unknown): unknown => (thrown as { readonly message: unknown }).message;

/** A macrostep did not come to rest. */
export const endless = (maxIterations: number): Error =>
  new Error(
    `Infinite loop detected: the machine has processed more than ${maxIterations} microsteps ` +
      "without reaching a stable state. This usually happens when there's a cycle of " +
      'transitions (e.g., eventless transitions or raised events causing state A -> B -> C -> A).',
  );
