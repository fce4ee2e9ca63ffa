/** What running work needs of the floors around it; the composition passes it in. */
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import type { PostOffice } from '../messages/index.ts';
import type { Definition, Duration, Schema, TaskSpec, WorkContext } from '../protocol/index.ts';
import type { HandoffPorts } from './handoff/staging.ts';

/** What a function without steps, children and mail gets. */
export type BareContext = Pick<WorkContext, 'runId' | 'attempt' | 'signal'>;

/** The code behind a task. */
export interface Work {
  /** What the caller's input goes through, in order. */
  readonly inputs: readonly Schema[];
  /** What the result of `run` goes through, in order. */
  readonly outputs: readonly Schema[];
  readonly run: (context: WorkContext) => unknown;
  /** The same as `run`, when that has no input and takes no more of its context than this. */
  readonly bare?: ((context: BareContext) => unknown) | undefined;
}

/** Stages a child run under a parent, or finds the one that exists. */
export type StageChild = (
  stage: Stage,
  parent: Cell,
  step: string,
) => { readonly cell: Cell; readonly isNew: boolean };

/** How messages are sent. */
export interface Messaging {
  readonly office: PostOffice;
}

/** What running work needs. */
export interface WorkPorts extends Messaging {
  readonly host: Host;
  /** The code of a task; undefined when its definition is not there. */
  readonly workOf: (spec: TaskSpec) => Work | undefined;
  /** Checks a child run and gives what stages it. @throws what can be wrong with it. */
  readonly childRun: (work: Definition, input: unknown, options: unknown) => StageChild;
  /** What stages a sleep. @throws TroupeError `BAD_DURATION`. */
  readonly sleepRun: (duration: Duration) => StageChild;
  /** What handoffs ask about definitions. */
  readonly handoffs: HandoffPorts;
}
