/**
 * Recorded executions of scientific workflows: their schedule on paper is exactly the list schedule
 * that another program made of them.
 */
import { describe, expect, test } from 'vitest';
import { forecastMs } from '../../../src/policies/plan/forecast.ts';
import { beginPlan } from '../../../src/policies/plan/plan-state.ts';
import { dataFolder } from '../../data.ts';
import { workflowDags } from '../../workflow-dags.ts';

test('recorded executions are there', ({ skip }) => {
  skip(dataFolder('workflow-dags') === undefined, 'skipped: no data');
  expect(workflowDags().length).toBeGreaterThan(0);
});

describe.each(workflowDags())('$name', ({ tasks, metrics }) => {
  const places = new Map(tasks.map(({ id }, index) => [id, index]));
  const steps = tasks.map(({ id, ms, deps }) => ({
    name: id,
    after: deps.map((one) => places.get(one) ?? -1),
    estimateMs: ms,
  }));

  test.each(Object.entries(metrics.k))('with %s workers', (workers, { list }) => {
    const plan = { steps };
    expect(forecastMs(plan, beginPlan(plan), { concurrency: Number(workers) })).toBe(list);
  });
});
