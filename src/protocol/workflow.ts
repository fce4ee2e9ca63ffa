/** Workflow: a run of a plan. Its spec and what can happen to it. */
import { z } from 'zod';
import { Failure } from './outcome.ts';
import { Plan } from './plan.ts';
import { RetryPolicy } from './retry.ts';
import { RunEvents, RunSpec } from './task.ts';

/** A step of a plan that is stored whole with its run: it names registered work. */
export const InlineStep = z.strictObject({
  name: z.string(),
  work: z.string(),
  after: z.array(z.string()),
  input: z.unknown().optional(),
  retry: RetryPolicy.nullable(),
  timeoutMs: z.number().nullable(),
});
export type InlineStep = z.infer<typeof InlineStep>;

/** A workflow run's spec: a run's, and its plan. */
export const WorkflowSpec = RunSpec.extend({
  plan: Plan,
  /** Parallel steps. */
  concurrency: z.int().min(1),
  /** The steps of a graph that is not registered; null for one that is. */
  inline: z.array(InlineStep).nullable(),
});
export type WorkflowSpec = z.infer<typeof WorkflowSpec>;

const at = z.int();

/** What can happen to a workflow's run. */
export const WorkflowEvent = z.discriminatedUnion('type', [
  ...RunEvents,
  z.strictObject({ type: z.literal('workflow.finished'), at, result: z.unknown().optional() }),
  z.strictObject({ type: z.literal('workflow.failed'), at, error: Failure }),
]);
export type WorkflowEvent = z.infer<typeof WorkflowEvent>;
