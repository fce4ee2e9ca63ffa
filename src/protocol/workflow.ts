/** Workflow: a run of a plan. Its spec and what can happen to it. */
import { z } from 'zod';
import { Failure } from './outcome.ts';
import { Plan } from './plan.ts';
import { RunEvents, RunSpec } from './task.ts';

/** A workflow run's spec: a run's, and its plan. */
export const WorkflowSpec = RunSpec.extend({
  plan: Plan,
  /** Parallel steps. */
  concurrency: z.int().min(1),
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
