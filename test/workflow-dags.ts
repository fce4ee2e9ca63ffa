/** Recorded executions of scientific workflows, with what schedulers make of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dataFolder } from './data.ts';

const Task = z.object({ id: z.string(), ms: z.int().min(0), deps: z.array(z.string()) });

const Dag = z.object({ name: z.string(), tasks: z.array(Task) });

/** What schedulers need for it with so many workers, and what nobody can do better than. */
const Makespans = z.object({ lowerBound2: z.int(), list: z.int(), fifo: z.int() });

const Metrics = z.object({
  name: z.string(),
  edges: z.int(),
  width: z.int(),
  criticalPathMs: z.int(),
  workMs: z.int(),
  k: z.record(z.string(), Makespans),
});

/** A recorded execution. */
export interface WorkflowDag extends z.infer<typeof Dag> {
  readonly metrics: z.infer<typeof Metrics>;
}

/** All of the folder, the smallest first; none where it is absent. */
export function workflowDags(): readonly WorkflowDag[] {
  const folder = dataFolder('workflow-dags');
  if (folder === undefined) return [];
  const read = (...path: string[]): unknown =>
    JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
  const known = new Map(
    z
      .array(Metrics)
      .parse(read('metrics.json'))
      .map((one) => [one.name, one]),
  );
  return readdirSync(join(folder, 'dags'))
    .map((file) => Dag.parse(read('dags', file)))
    .flatMap((dag) => {
      const metrics = known.get(dag.name);
      return metrics === undefined ? [] : [{ ...dag, metrics }];
    })
    .toSorted((a, b) => a.tasks.length - b.tasks.length);
}
