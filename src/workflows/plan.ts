/** The plan of a workflow: its graph as plain data, with steps numbered by their place. */
import { type Plan, troupeError, type Workflow } from '../protocol/index.ts';

/**
 * The plan that a run of the workflow carries: names, and dependencies as numbers.
 * Invariant: what a step waits for is in the order in which it was written.
 */
export function planOf(workflow: Workflow): Plan {
  const places = indexesOf(workflow);
  return {
    steps: workflow.steps.map(({ name, after }) => ({
      name,
      after: after.map((before) => placeOf(before, places)),
    })),
  };
}

/** The number of each step by name. */
export const indexesOf = (workflow: Workflow): ReadonlyMap<string, number> =>
  new Map(workflow.steps.map((step, index) => [step.name, index]));

function placeOf(name: string, places: ReadonlyMap<string, number>): number {
  const place = places.get(name);
  if (place !== undefined) return place;
  const invariant = 'a step waits for steps of its own workflow';
  throw troupeError('BROKEN_INVARIANT', { invariant, found: name });
}
