/** Workflow: a run of a plan. Its spec and what can happen to it. */
import { z } from 'zod';
import { Failure } from './outcome.ts';
import { FailureMode, Plan } from './plan.ts';
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
  /** Ids of the works that take over when it fails. */
  fallback: z.array(z.string()).optional(),
});
export type InlineStep = z.infer<typeof InlineStep>;

/** A workflow run's spec: a run's, and its plan. */
export const WorkflowSpec = RunSpec.extend({
  plan: Plan,
  /** Parallel steps. */
  concurrency: z.int().min(1),
  /** The steps of a graph that is not registered; null for one that is. */
  inline: z.array(InlineStep).nullable(),
  onFailure: FailureMode.optional(),
  /** What the whole may cost; absent: anything. */
  budget: z.number().min(0).optional(),
  /** So many completed steps are enough; absent: all. */
  need: z.int().min(1).optional(),
  /** It is the fan-out of this step of its workflow: `input` holds the items, a step for each. */
  fan: z.string().optional(),
});
export type WorkflowSpec = z.infer<typeof WorkflowSpec>;

const at = z.int();

const byStep = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value).optional();

/** What a run is under another version of its workflow. Numbers are those of the new plan. */
export const WorkflowMigrated = z.strictObject({
  type: z.literal('workflow.migrated'),
  at,
  /** The version that it was of. */
  from: z.string(),
  spec: WorkflowSpec,
  /** A letter for each step. */
  progress: z.string(),
  runs: byStep(
    z.strictObject({
      run: z.int(),
      tries: z.int(),
      iterations: z.int(),
      fallback: z.int(),
      since: z.int().optional(),
    }),
  ),
  undoable: z.array(z.int()).optional(),
  judging: z.array(z.string()).optional(),
  quality: byStep(z.number()),
  cost: z.number().optional(),
});
export type WorkflowMigrated = z.infer<typeof WorkflowMigrated>;

/** What can happen to a workflow's run. */
export const WorkflowEvent = z.discriminatedUnion('type', [
  ...RunEvents,
  z.strictObject({ type: z.literal('workflow.finished'), at, result: z.unknown().optional() }),
  z.strictObject({ type: z.literal('workflow.failed'), at, error: Failure }),
  WorkflowMigrated,
  /** Its own condition is false. */
  z.strictObject({ type: z.literal('step.skipped'), at, step: z.string() }),
  /** The result of a step that runs again until it is good. */
  z.strictObject({ type: z.literal('step.judged'), at, step: z.string(), isGood: z.boolean() }),
  /** From outside: how good the result of a step is. */
  z.strictObject({
    type: z.literal('step.rated'),
    at,
    step: z.string(),
    quality: z.number().min(0).max(1),
  }),
]);
export type WorkflowEvent = z.infer<typeof WorkflowEvent>;
