/**
 * Recorded executions of scientific workflows, run again by a troupe on a simulated clock: the laws
 * of any schedule, and how good it is beside others.
 */
import { describe, expect, test } from 'vitest';
import { dataFolder } from '../../data.ts';
import { type WorkflowDag, workflowDags } from '../../workflow-dags.ts';
import { makespans } from './dag-run.ts';

test('recorded executions are there', ({ skip }) => {
  skip(dataFolder('workflow-dags') === undefined, 'skipped: no data');
  expect(workflowDags().length).toBeGreaterThan(0);
});

describe.each(workflowDags())('$name', (dag: WorkflowDag) => {
  const { criticalPathMs, workMs, width, k } = dag.metrics;

  test.each(Object.entries(k))('with %s workers it keeps all laws', async (text, known) => {
    const workers = Number(text);
    const [makespan = 0] = await makespans(dag, { workers });
    expect(makespan).toBeGreaterThanOrEqual(known.lowerBound2);
    // R. Graham's bound for whoever lets no worker idle that has work.
    const graham = workMs / workers + (1 - 1 / workers) * criticalPathMs;
    expect(makespan).toBeLessThanOrEqual(graham);
    if (workers === 1) expect(makespan).toBe(workMs);
    if (workers >= width) expect(makespan).toBe(criticalPathMs);
    expect(makespan).toBeLessThanOrEqual(known.list * 1.01);
    expect(makespan).toBeLessThanOrEqual(known.fifo);
  });
});

describe.each(workflowDags().filter(({ tasks }) => tasks.length < 600))(
  '$name without given estimates',
  (dag: WorkflowDag) => {
    test('is as good from its second run on, by what the first one took', async () => {
      const workers = 16;
      const { list = 0, fifo = 0 } = dag.metrics.k[workers] ?? {};
      const [, makespan = 0] = await makespans(dag, { workers, isEstimated: false, runs: 2 });
      expect(makespan).toBeLessThanOrEqual(list * 1.01);
      expect(makespan).toBeLessThanOrEqual(fifo);
    });
  },
);
