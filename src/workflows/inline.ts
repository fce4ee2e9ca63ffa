/**
 * Inline plans: a graph whose steps name registered work and hold only JSON inputs needs no
 * registration. What it takes to run it is stored with the run.
 */
import type { InlineStep, Workflow, WorkflowSpec } from '../protocol/index.ts';
import { graph } from './graph.ts';

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

/** The workflow that a run was started with, from its stored steps. */
export function inlineWorkflow(spec: WorkflowSpec): Workflow | undefined {
  if (spec.inline === null) return undefined;
  const steps = spec.inline.map(({ name, work, after, input, retry, timeoutMs }) => [
    name,
    {
      work,
      after,
      input: input as never,
      retry:
        retry === null
          ? undefined
          : { attempts: retry.attempts, backoff: retry.backoffMs, backoffMax: retry.backoffMsMax },
      timeout: timeoutMs ?? undefined,
    },
  ]);
  return graph(spec.definition, Object.fromEntries(steps), {
    version: spec.version,
    concurrency: spec.concurrency,
  });
}
