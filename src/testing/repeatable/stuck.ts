/** Why nothing goes on: each open run, request and question, what it waits for, and the remedy. */
import type { Sight } from '../simulation/sight.ts';

/** Says why a team that rests has not ended everything; empty: it has. */
export function whyStuck(_sight: Sight): string[] {
  return [];
}
