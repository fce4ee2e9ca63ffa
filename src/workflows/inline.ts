/**
 * Inline plans: a graph whose steps name registered work and hold only JSON inputs needs no
 * registration. What it takes to run it is stored with the run.
 */
import type { InlineStep, Workflow, WorkflowSpec } from '../protocol/index.ts';

/** The steps of a workflow as data; undefined when code belongs to it. */
export function inlineSteps(workflow: Workflow): InlineStep[] | undefined {
  if (workflow.result !== undefined || workflow.input !== undefined) return undefined;
  const steps: InlineStep[] = [];
  for (const { name, work, after, input, retry, timeoutMs } of workflow.steps) {
    if (typeof work !== 'string' || typeof input === 'function') return undefined;
    steps.push({
      name,
      work,
      after: [...after],
      input: input?.json,
      retry: retry ?? null,
      timeoutMs: timeoutMs ?? null,
    });
  }
  return steps;
}

/** Each run's spec stays one object while the run is in memory. */
const known = new WeakMap<WorkflowSpec, Workflow>();

/** The workflow that a run was started with, from its stored steps. */
export function inlineWorkflow(spec: WorkflowSpec): Workflow | undefined {
  if (spec.inline === null) return undefined;
  const made = known.get(spec) ?? workflowOf(spec, spec.inline);
  known.set(spec, made);
  return made;
}

const workflowOf = (spec: WorkflowSpec, inline: readonly InlineStep[]): Workflow => ({
  kind: 'workflow',
  id: spec.definition,
  version: spec.version,
  retry: spec.retry,
  timeoutMs: spec.timeoutMs ?? undefined,
  concurrency: spec.concurrency,
  steps: inline.map(({ name, work, after, input, retry, timeoutMs }) => ({
    name,
    work,
    after,
    input: input === undefined ? undefined : { json: input },
    retry: retry ?? undefined,
    timeoutMs: timeoutMs ?? undefined,
  })),
});
