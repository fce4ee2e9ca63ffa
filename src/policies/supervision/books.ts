/**
 * What a supervisor knows: its children in the order of their start, the restarts that count, what
 * it is doing and what has to wait until that is done. All of it is plain JSON.
 */
import type { ChildSpec, Failure, SupervisionSpec } from '../../protocol/index.ts';

/**
 * How a child is. `exited`: it ended while the supervisor was doing something else, and that is
 * not dealt with yet. `restarting`: its start failed, or it waits for the end of its pause.
 */
export type ChildState =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'killing'
  | 'exited'
  | 'restarting';

/** A child as the supervisor knows it. What does not apply is absent. */
export interface Child {
  readonly id: string;
  readonly is: ChildState;
  /** How often it was started. */
  readonly starts: number;
  /** Its address, when that is not the one of its first start. */
  readonly run?: string;
  /** Of a child that was added later. */
  readonly spec?: ChildSpec;
  /** Of a member of a pool that is being started: the call to be answered. */
  readonly call?: string;
  /** Of a member of a pool: what it was started with. */
  readonly input?: unknown;
  /** Restarts in a row, which make its pause longer. */
  readonly tries?: number;
  /** When it last came up; kept for a child with a back-off only. */
  readonly upSince?: number;
  /** The end of its pause. */
  readonly dueAt?: number;
  /** Why its start failed, until it is tried again. */
  readonly error?: Failure;
}

/** How a child ended. `killed` is abnormal, as a crash is. */
export type ExitReason = 'normal' | 'shutdown' | 'crash' | 'killed';

/** Why a supervisor ended. */
export type Ending =
  | { readonly why: 'stopped' | 'killed' }
  | { readonly why: 'auto-shutdown'; readonly child: string }
  | {
      readonly why: 'intensity';
      /** The child that was to be restarted once more, and its failure if it was one. */
      readonly child: string;
      readonly restarts: number;
      readonly error?: Failure;
    }
  | { readonly why: 'start-failed'; readonly child: string; readonly error: Failure };

/** What it is doing; one thing at a time, as every caller of a supervisor may rely on. */
export interface Job {
  /**
   * `group`: stops and starts the children from `from` on; `one`: starts a single child; `crash`:
   * ends a child that was poisoned.
   */
  readonly is: 'boot' | 'group' | 'one' | 'terminate' | 'crash' | 'end' | 'kill';
  /** Children that it waits for at the moment. */
  readonly open: number;
  /** The children before this index are left alone. */
  readonly from: number;
  /** Up to where it has stopped (from the last down) or started (upwards). */
  readonly at: number;
  readonly isStarting: boolean;
  /** When what is being stopped is killed. */
  readonly limitAt?: number;
  /** The child that it is about. */
  readonly child?: string;
  /** Milliseconds between the stops and the starts of a group. */
  readonly pauseMs?: number;
  /** The call to be answered at the end. */
  readonly call?: string;
  readonly ending?: Ending;
  /** The failure that it is about. */
  readonly error?: Failure;
}

/** What changes its children when it is asked for. */
export type Changing =
  | { readonly ask: 'start'; readonly call: string; readonly child: ChildSpec }
  | { readonly ask: 'add'; readonly call: string; readonly child: string; readonly input?: unknown }
  | {
      readonly ask: 'restart' | 'terminate' | 'remove' | 'delete';
      readonly call: string;
      readonly child: string;
    };

/** What is answered at once. */
export interface Question {
  readonly ask: 'which' | 'count';
  readonly call: string;
}

/** What was asked of it. */
export type Call = Changing | Question;

/** What waits until the job is done. */
export type Deferred =
  | Changing
  | {
      readonly ask: 'exited';
      readonly child: string;
      readonly reason: ExitReason;
      readonly error?: Failure;
    }
  | {
      readonly ask: 'poisoned';
      readonly child: string;
      readonly start: number;
      readonly error: Failure;
    }
  | { readonly ask: 'retry'; readonly child: string; readonly start: number };

/** Everything that a supervisor knows. */
export interface Supervision {
  /** In the order in which they are started. */
  readonly children: readonly Child[];
  /** Seconds of the restarts that count, the newest first. */
  readonly restarts: readonly number[];
  readonly job: Job | null;
  readonly waiting: readonly Deferred[];
  /** Set when it has ended. */
  readonly ended: Ending | null;
}

/** Why a call was refused. */
export type Refusal =
  | 'already-started'
  | 'already-present'
  | 'not-found'
  | 'running'
  | 'restarting'
  | 'simple-one-for-one'
  | 'bad-combination'
  | 'start-failed'
  | 'stopping';

/** A child in a list. */
export interface ListedChild {
  readonly id: string;
  readonly type: ChildSpec['type'];
  readonly is: ChildState;
  readonly restart: ChildSpec['restart'];
  readonly starts: number;
}

/** The counts of a supervisor; a pool has one spec. */
export interface ChildCounts {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** The answer to a call. */
export type Answer =
  | { readonly is: 'done' | 'started' | 'ignored' }
  | { readonly is: 'children'; readonly children: readonly ListedChild[] }
  | { readonly is: 'counts'; readonly counts: ChildCounts }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly error?: Failure };

/** What a supervisor wants done. */
export type Order =
  | {
      readonly order: 'start';
      readonly child: string;
      readonly start: number;
      readonly from: ChildSpec['resumeFrom'];
    }
  | { readonly order: 'stop' | 'kill' | 'orphan'; readonly child: string }
  | { readonly order: 'retry'; readonly child: string; readonly start: number }
  | { readonly order: 'answer'; readonly call: string; readonly answer: Answer };

/** Whether a child has a process: it must be stopped before it is gone. */
export const isAlive = ({ is }: Child): boolean =>
  is === 'starting' || is === 'running' || is === 'stopping' || is === 'killing';

/** Whether the supervisor keeps a pool. */
export const isPool = (spec: SupervisionSpec): boolean => spec.strategy === 'simple-one-for-one';

const specsById = new WeakMap<SupervisionSpec, ReadonlyMap<string, ChildSpec>>();

/** The spec of a child. Undefined for one that is not known. */
export function specOf(spec: SupervisionSpec, child: Child): ChildSpec | undefined {
  if (child.spec !== undefined) return child.spec;
  if (spec.template !== null) return spec.template;
  const known = specsById.get(spec);
  const byId = known ?? new Map(spec.children.map((one) => [one.id, one]));
  if (known === undefined) specsById.set(spec, byId);
  return byId.get(child.id);
}

/** The children as they are listed. */
export function listed(spec: SupervisionSpec, children: readonly Child[]): ListedChild[] {
  return children.flatMap((child) => {
    const { id, is, starts } = child;
    const its = specOf(spec, child);
    return its === undefined ? [] : [{ id, type: its.type, is, restart: its.restart, starts }];
  });
}

/** The counts of the children. */
export function counted(spec: SupervisionSpec, children: readonly Child[]): ChildCounts {
  const all = listed(spec, children);
  const supervisors = all.filter(({ type }) => type === 'supervisor').length;
  return {
    specs: isPool(spec) ? 1 : all.length,
    active: children.filter(isAlive).length,
    supervisors,
    workers: all.length - supervisors,
  };
}
