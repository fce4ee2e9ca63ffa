/** Snapshot: a run as it is now, in the words that users know. */
import { qualityOf as planQuality, type TaskContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import {
  asAddress,
  type Failure,
  type RunSpec,
  type RunStatus,
  runIdOf,
  segmentsOf,
  type WorkflowSpec,
} from '../../protocol/index.ts';
import { outcomeIn, runStatus } from '../status.ts';
import { costOf } from './cost.ts';
import { estimatedEnd } from './forecast.ts';
import type { Sight } from './plan.ts';
import { progressOf } from './progress.ts';
import { type StageSnapshot, stagesOf } from './stages.ts';

/** A run as it is now: what it is, how far it is, how it ended. */
export interface RunSnapshot<Out = unknown> {
  readonly id: string;
  readonly runId: string;
  readonly definition: string;
  readonly version: string;
  /** `bot`, `task`, `workflow` or `machine`; `function` for a step without a bot. */
  readonly type: string;
  readonly status: RunStatus;
  /** Of a machine: its own state and context, as JSON. */
  readonly state?: { readonly value: unknown; readonly context: unknown } | undefined;
  /** It was paused, or a run above it; it is BLOCKED, then, until it is resumed. */
  readonly paused: boolean;
  /** Why it is parked; undefined when it is not. */
  readonly parked?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly domain?: string | undefined;
  readonly priority: number;
  readonly requirements: readonly string[];
  readonly constraints: readonly string[];
  readonly input: unknown;
  /** The bot that has it. */
  readonly assignedTo?: string | undefined;
  /** How often it was handed on; undefined: never. */
  readonly handoffs?: number | undefined;
  /** Who started it: `client/<session>`, or `run/<id>` of the run above. */
  readonly createdBy: string;
  /** `runId` of the run that it is a step of. */
  readonly parent?: string | undefined;
  /** `runId` of the runs that must complete first. */
  readonly dependsOn: readonly string[];
  /** Attempts begun; a workflow has one. */
  readonly attempts: number;
  /** 0 to 1: as the work reported it, else as far as the runs below it are. */
  readonly progress?: number | undefined;
  readonly note?: string | undefined;
  readonly confidence?: number | undefined;
  readonly learnings: readonly string[];
  /** How good the work says that its result is, 0 to 1. */
  readonly quality?: number | undefined;
  /** What it and all runs below it cost so far, in the unit that the app reports. */
  readonly cost?: number | undefined;
  /** What its workflow says that it may cost. */
  readonly budget?: number | undefined;
  /** The steps of its plan, in order; then the stages that an app keeps of it. */
  readonly stages: readonly StageSnapshot[];
  /**
   * Of a workflow under way whose steps have estimates, given or by earlier runs: when it may have
   * completed. Milliseconds since 1970.
   */
  readonly estimatedEnd?: number | undefined;
  readonly result?: Out | undefined;
  readonly error?: Failure | undefined;
  /** The last attempt's failure, while another one is to come. */
  readonly lastError?: Failure | undefined;
  /** What the work said about getting over its failure. */
  readonly recovery?: string | undefined;
  /** Why it was cancelled. */
  readonly reason?: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt?: number | undefined;
  readonly completedAt?: number | undefined;
  readonly dueAt?: number | undefined;
  /** It does not begin before. */
  readonly notBefore?: number | undefined;
  /** Milliseconds from creation until now, or until the end. */
  readonly elapsedMs: number;
  /** It is due and has not ended. */
  readonly isOverdue: boolean;
}

/** What a snapshot reads; a workflow has none of what only tasks know. */
export type Facts = Partial<Omit<TaskContext, 'spec' | 'result'>> & {
  readonly spec: RunSpec & Pick<Partial<WorkflowSpec>, 'budget'>;
  readonly result?: never;
};

/** The run of a cell as committed, told at the time `now`; a copy that changes nothing. */
export function snapshotOf(cell: Cell, sight: Sight): RunSnapshot<never> {
  const now = sight.clock.now();
  const { find } = sight;
  const context: Facts = factsOf(cell);
  const { spec, completedAt } = context;
  const { dueAt, parent } = spec;
  return structuredClone({
    id: segmentsOf(cell.address).at(-1) ?? '',
    runId: runIdOf(cell.address),
    definition: spec.definition,
    version: cell.identity.version,
    type: spec.type ?? cell.identity.kind,
    status: runStatus(cell, cell.committed),
    state: stateOf(cell),
    parked: cell.parked === '' ? undefined : cell.parked,
    paused: completedAt === undefined && isPaused(context),
    title: spec.title ?? undefined,
    description: spec.description ?? undefined,
    domain: spec.domain ?? undefined,
    priority: spec.priority,
    requirements: spec.requirements,
    constraints: spec.constraints,
    input: spec.input,
    assignedTo: context.assignedTo,
    handoffs: context.handoffs,
    createdBy: spec.createdBy,
    parent: parent === null ? undefined : runIdOf(asAddress(parent)),
    dependsOn: spec.dependsOn.map((run) => runIdOf(asAddress(run))),
    attempts: context.attempts ?? 1,
    progress: progressOf(cell, find),
    note: context.note,
    confidence: context.confidence,
    learnings: context.learnings ?? [],
    quality: qualityOf(cell),
    cost: costOf(cell, find),
    stages: stagesOf(cell, sight),
    estimatedEnd: estimatedEnd(cell, sight),
    budget: context.spec.budget,
    result: context.result,
    error: context.error,
    lastError: context.lastError,
    recovery: context.recovery,
    reason: context.reason,
    createdAt: spec.createdAt,
    startedAt: context.startedAt,
    completedAt,
    dueAt: dueAt ?? undefined,
    notBefore: spec.notBefore,
    elapsedMs: Math.max(0, (completedAt ?? now) - spec.createdAt),
    isOverdue: dueAt !== null && dueAt < now && completedAt === undefined,
  });
}

/** That of a workflow is that of its last step. */
function qualityOf({ identity: { kind }, committed }: Cell): number | undefined {
  if (kind === 'workflow') return planQuality(committed.context);
  return kind === 'task' ? committed.context.quality : undefined;
}

const isPaused = ({ isPaused = false, isPausedAbove = false }: Facts): boolean =>
  isPaused || isPausedAbove;

/** The facts of a run; of a user's machine the same ones, made of what stands beside it. */
export function factsOf(cell: Cell): Facts {
  if (cell.hosted === undefined) return cell.committed.context;
  const { endedAt: completedAt, restarts = 0 } = cell.hosted.life;
  const ended = cell.isDone ? outcomeIn<never>(cell, cell.committed) : undefined;
  return {
    spec: cell.spec,
    attempts: 1 + restarts,
    startedAt: cell.spec.createdAt,
    ...(completedAt === undefined ? {} : { completedAt }),
    ...(ended?.status === 'COMPLETED' ? { result: ended.result } : {}),
    ...(ended?.status === 'FAILED' ? { error: ended.error } : {}),
    ...(ended?.status === 'CANCELLED' ? { reason: ended.reason } : {}),
  };
}

/** The state of a user's machine, told by what is JSON of it. */
export function stateOf({ hosted, committed }: Cell): RunSnapshot['state'] {
  if (hosted === undefined) return undefined;
  return JSON.parse(JSON.stringify({ value: committed.value, context: committed.context }));
}
