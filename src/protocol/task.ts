/**
 * Task: one unit of work. What it is made of (its spec, written once) and what can happen to it.
 */
import { z } from 'zod';
import { Priority } from './envelope.ts';
import { HandoffTaskEvents } from './handoff.ts';
import { Failure } from './outcome.ts';
import { RetryPolicy } from './retry.ts';

/** What happens when a run that this one waits for fails. */
export const DependencyRule = z.enum(['fail', 'skip', 'wait']);
export type DependencyRule = z.infer<typeof DependencyRule>;

/** What every run is started with, whatever it runs; never changed. */
export const RunSpec = z.strictObject({
  /** The run's own address. */
  run: z.string(),
  definition: z.string(),
  version: z.string(),
  /** Address of the run that this is a step of. */
  parent: z.string().nullable(),
  /** Its name as a step there. */
  step: z.string().nullable(),
  type: z.string().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  domain: z.string().nullable(),
  /** Address of whoever started it. */
  createdBy: z.string(),
  createdAt: z.int(),
  priority: Priority,
  requirements: z.array(z.string()),
  constraints: z.array(z.string()),
  /** Milliseconds since 1970. */
  dueAt: z.int().nullable(),
  /** Milliseconds since 1970: it does not begin before; absent: at once. */
  notBefore: z.int().optional(),
  /** Addresses of the runs that must complete first. */
  dependsOn: z.array(z.string()),
  onDependencyFailure: DependencyRule,
  retry: RetryPolicy,
  /** Milliseconds of one attempt. */
  timeoutMs: z.number().nullable(),
  /** The caller's input, as given; absent when it was undefined. */
  input: z.unknown().optional(),
});
export type RunSpec = z.infer<typeof RunSpec>;

/** How a run is driven whose bot is external: by hand. */
export const ByHand = z.strictObject({
  /** Milliseconds without a sign of life after which an attempt is lost; absent: no limit. */
  heartbeatMs: z.number().optional(),
});
export type ByHand = z.infer<typeof ByHand>;

/** A task's spec: a run's, and how it finds its bot. */
export const TaskSpec = RunSpec.extend({
  /** `pinned` to a bot, `routed` when it starts, or `none`: a function without a bot. */
  route: z.enum(['pinned', 'routed', 'none']),
  /** Id of the bot it is pinned to. */
  bot: z.string().nullable(),
  /** The bot that it is pinned to is external; absent: it has work. */
  byHand: ByHand.optional(),
});
export type TaskSpec = z.infer<typeof TaskSpec>;

const at = z.int();

/** How a run that someone waited for ended. */
export const Settlement = z.strictObject({
  status: z.enum(['COMPLETED', 'FAILED', 'CANCELLED']),
  result: z.unknown().optional(),
  error: Failure.optional(),
  reason: z.string().optional(),
  /** What it cost, all below it included, in the unit of the app; absent: nothing was reported. */
  cost: z.number().optional(),
  /** 0 to 1: how good its work says that the result is; absent: nothing was reported. */
  quality: z.number().min(0).max(1).optional(),
  /** Milliseconds since 1970; absent: it never began. */
  startedAt: z.int().optional(),
  endedAt: z.int().optional(),
  /** Runs below it were open when it ended: what they cost is not in `cost`. */
  leftOpen: z.literal(true).optional(),
});
export type Settlement = z.infer<typeof Settlement>;

/** The fields of a report. */
export const ReportFields = {
  progress: z.number().min(0).max(1).optional(),
  note: z.string().optional(),
  confidence: z.number().min(0).max(1).optional(),
  learnings: z.array(z.string()).optional(),
  cost: z.number().optional(),
  quality: z.number().min(0).max(1).optional(),
};

/** An app's own stage of a run begins (again), is complete, or is rated. */
export const StageMove = z.strictObject({
  type: z.literal('stage.move'),
  at,
  stage: z.string(),
  move: z.enum(['begin', 'complete', 'rate']),
  quality: z.number().min(0).max(1).optional(),
});
export type StageMove = z.infer<typeof StageMove>;

/** Events that any run takes. */
export const RunEvents = [
  /** `orphan`: the parent ended and is not told. */
  z.strictObject({ type: z.literal('run.cancel'), at, reason: z.string(), orphan: z.boolean() }),
  z.strictObject({
    type: z.literal('dependency.settled'),
    at,
    run: z.string(),
    outcome: Settlement,
  }),
  z.strictObject({ type: z.literal('child.settled'), at, step: z.string(), outcome: Settlement }),
  /** A person is asked below it; `path` leads there from this run, step by step. */
  z.strictObject({
    type: z.literal('approval.requested'),
    at,
    path: z.array(z.string()),
    approval: z.string(),
  }),
  /** `above`: with the run that it is a step of. */
  z.strictObject({ type: z.literal('run.pause'), at, above: z.boolean() }),
  z.strictObject({ type: z.literal('run.resume'), at, above: z.boolean() }),
  StageMove,
  /** It was due and has not ended; a timer brings it. */
  z.strictObject({ type: z.literal('run.overdue'), at: at.optional() }),
] as const;

/** What can happen to a task. */
export const TaskEvent = z.discriminatedUnion('type', [
  ...RunEvents,
  z.strictObject({
    type: z.literal('task.routed'),
    at,
    bot: z.string(),
    /** That bot is external. */
    byHand: ByHand.optional(),
  }),
  /** Its own `choose` threw, or named nobody who is there. */
  z.strictObject({ type: z.literal('task.unroutable'), at, error: Failure }),
  z.strictObject({ type: z.literal('task.assigned'), at, bot: z.string(), slot: z.string() }),
  /** By hand: an attempt begins. */
  z.strictObject({ type: z.literal('task.begin'), at }),
  /** By hand: not now, or not by this bot. */
  z.strictObject({ type: z.literal('task.decline'), at, reason: z.string() }),
  /** By hand: nobody can do it; no attempt begins. */
  z.strictObject({ type: z.literal('task.refuse'), at, error: Failure }),
  /** A sign of life. */
  z.strictObject({ type: z.literal('task.heartbeat'), at, attempt: z.int() }),
  /** A new process goes on; the work was under way until then, not since. */
  z.strictObject({ type: z.literal('host.recovered'), at, until: z.int() }),
  /** It was parked and goes on; the slot that it had was given to others. */
  z.strictObject({ type: z.literal('task.unparked'), at }),
  z.strictObject({
    type: z.literal('task.report'),
    at,
    attempt: z.int(),
    ...ReportFields,
  }),
  z.strictObject({
    type: z.literal('task.complete'),
    at,
    attempt: z.int(),
    result: z.unknown().optional(),
  }),
  z.strictObject({
    type: z.literal('task.fail'),
    at,
    attempt: z.int(),
    error: Failure,
    /** From 0 up to, not including, 1: the jitter of the pause. */
    chance: z.number().min(0).lt(1),
  }),
  z.strictObject({ type: z.literal('task.block'), at, attempt: z.int() }),
  z.strictObject({ type: z.literal('task.resume'), at, attempt: z.int() }),
  z.strictObject({
    type: z.literal('step.completed'),
    at,
    attempt: z.int(),
    step: z.string(),
    result: z.unknown().optional(),
  }),
  z.strictObject({ type: z.literal('child.started'), at, step: z.string() }),
  HandoffTaskEvents.requested,
  HandoffTaskEvents.closed,
  /** It moves to the bot `to`. */
  z.strictObject({
    ...HandoffTaskEvents.accepted,
    /** That bot is external. */
    byHand: ByHand.optional(),
  }),
]);
export type TaskEvent = z.infer<typeof TaskEvent>;
