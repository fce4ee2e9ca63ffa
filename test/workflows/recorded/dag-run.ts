/** A recorded execution as a graph whose steps take as long on a test's clock as they did. */
import { deepEqual, ok } from 'node:assert/strict';
import { type GraphStep, graph } from '../../../src/index.ts';
import { teamOf, testClock } from '../../troupe/team.ts';
import type { WorkflowDag } from '../../workflow-dags.ts';

/** How it is run. */
export interface DagOptions {
  readonly workers: number;
  /** Whether each step says how long it takes (default true). */
  readonly isEstimated?: boolean;
  /** Runs one after the other (default 1). */
  readonly runs?: number;
}

/** Runs it; gives the makespan of each run. @throws AssertionError when an order is broken. */
export async function makespans(
  { name, tasks }: WorkflowDag,
  { workers, isEstimated = true, runs = 1 }: DagOptions,
): Promise<readonly number[]> {
  const clock = testClock();
  const open = new Set<string>();
  const ended = new Set<string>();
  // Whole numbers as names would stand before all others.
  const nameOf = (id: string): string => `task ${id}`;
  const steps = tasks.map(({ id, ms, deps }): [string, GraphStep] => [
    nameOf(id),
    {
      after: deps.map(nameOf),
      work: async () => {
        ok(
          deps.every((one) => ended.has(one)),
          `${id} starts after all that it waits for`,
        );
        ok(!open.has(id) && !ended.has(id), `${id} starts once`);
        open.add(id);
        ok(open.size <= workers, 'no more are under way than the limit');
        await new Promise<void>((resolve) => clock.after(ms, resolve));
        open.delete(id);
        ended.add(id);
      },
      ...(isEstimated ? { estimate: ms } : {}),
    },
  ]);
  const plan = graph(name, Object.fromEntries(steps), { concurrency: workers });
  const { troupe } = await teamOf([plan], { clock });
  const found: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    ended.clear();
    const start = clock.now();
    let end = start;
    const settled = troupe.run(plan, undefined).then(() => {
      end = clock.now();
    });
    await clock.advance(Number.MAX_SAFE_INTEGER / 2);
    await settled;
    deepEqual([open.size, ended.size], [0, tasks.length], 'every step ended');
    found.push(end - start);
  }
  return found;
}
