/**
 * Inline plans: a graph whose steps name registered work and hold only JSON inputs needs no
 * registration. What it takes to run it is stored with the run.
 */
import type { InlineStep, StepDefinition, Workflow, WorkflowSpec } from '../../protocol/index.ts';
import { drawable } from '../picture/machine-of.ts';

/** The steps of a workflow as data; undefined when code belongs to it. */
export function inlineSteps(workflow: Workflow): InlineStep[] | undefined {
  if (workflow.result !== undefined || workflow.input !== undefined) return undefined;
  const steps: InlineStep[] = [];
  for (const step of workflow.steps) {
    const { name, work, after, input, retry, timeoutMs } = step;
    if (typeof work !== 'string' || typeof input === 'function' || hasCode(step)) return undefined;
    const fallback = (step.fallback ?? []).filter((one) => typeof one === 'string');
    steps.push({
      name,
      work,
      after: [...after],
      input: input?.json,
      retry: retry ?? null,
      timeoutMs: timeoutMs ?? null,
      ...(fallback.length === 0 ? {} : { fallback }),
    });
  }
  return steps;
}

/** Whether a function belongs to it, or a definition; the rest of its options is in the plan. */
const hasCode = ({ when, undo, loop, each, fallback = [] }: StepDefinition): boolean =>
  [when, undo, loop, each].some((code) => code !== undefined) ||
  fallback.some((work) => typeof work !== 'string');

/** Each run's spec stays one object while the run is in memory. */
const known = new WeakMap<WorkflowSpec, Workflow>();

/** The workflow that a run was started with, from its stored steps. */
export function inlineWorkflow(spec: WorkflowSpec): Workflow | undefined {
  if (spec.inline === null) return undefined;
  const made = known.get(spec) ?? workflowOf(spec, spec.inline);
  known.set(spec, made);
  return made;
}

const workflowOf = (spec: WorkflowSpec, inline: readonly InlineStep[]): Workflow =>
  drawable({
    kind: 'workflow',
    id: spec.definition,
    version: spec.version,
    retry: spec.retry,
    timeoutMs: spec.timeoutMs ?? undefined,
    concurrency: spec.concurrency,
    onFailure: spec.onFailure,
    budget: spec.budget,
    steps: inline.map(({ name, work, after, input, retry, timeoutMs, fallback }) => ({
      name,
      work,
      after,
      input: input === undefined ? undefined : { json: input },
      retry: retry ?? undefined,
      timeoutMs: timeoutMs ?? undefined,
      ...(fallback === undefined ? {} : { fallback }),
    })),
  });
