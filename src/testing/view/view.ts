/**
 * The view: what `always` and `eventually` see of a team, typed by its definitions. It shows what
 * is committed, never what a process only believes.
 */
import type {
  Definition,
  Failure,
  InputOf,
  OutputOf,
  Runnable,
  RunStatus,
} from '../../protocol/index.ts';
import type { CallRecord } from '../simulation/sight.ts';

/** A step of a workflow that has completed. */
export interface CompletedStep<Result = unknown> {
  readonly result: Result;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The steps of a workflow by name; one is there when it has completed and was not undone. Of a bot
 * the steps of its work.
 */
export type CompletedSteps<W> = W extends {
  readonly kind: 'workflow';
  readonly '~results'?: infer Results | undefined;
}
  ? { readonly [Name in keyof Results]?: CompletedStep<Results[Name]> }
  : Readonly<Record<string, CompletedStep | undefined>>;

/** A run as committed. */
export interface RunView<W = Definition> {
  readonly id: string;
  readonly runId: string;
  readonly status: RunStatus;
  readonly input: W extends Runnable ? InputOf<W> : unknown;
  readonly result: (W extends Runnable ? OutputOf<W> : unknown) | undefined;
  readonly error: Failure | undefined;
  /** The bot that has it. */
  readonly assignedTo: string | undefined;
  readonly attempts: number;
  /** What it and all below it reported so far, in the unit of the app. */
  readonly cost: number;
  readonly steps: CompletedSteps<W>;
  /**
   * How the other steps stand: WAITING, STARTED, FAILED, SKIPPED, OMITTED, CANCELLED, UNDONE; a
   * step whose undo failed, UNDO_FAILED, has completed and stays among `steps`, too.
   */
  readonly stepStatus: Readonly<Record<string, string>>;
  /** Of a machine: its own state and context. */
  readonly state: { readonly value: unknown; readonly context: unknown } | undefined;
  readonly createdAt: number;
  readonly completedAt: number | undefined;
}

/** A question to a person as committed. */
export interface QuestionView {
  /** As `troupe.approvals.decide` takes it. */
  readonly id: string;
  readonly definition: string;
  /** The run that it is a step of; of a question that stands alone its own. */
  readonly runId: string;
  /** PENDING before the person is asked, then OPEN; DECIDED, EXPIRED, CANCELLED or FAILED. */
  readonly status: string;
  readonly payload: unknown;
}

/**
 * What is seen of a team. It shows what is committed when it is asked; what it gave does not
 * change later.
 */
export interface View {
  /** All runs of a definition in the order of their beginning, those of steps included. */
  runs<W extends Runnable>(work: W): readonly RunView<W>[];
  /** Calls of a place of code: `finder`, `finder.search`, `answer.publish`; all when left out. */
  calls(of?: string): readonly CallRecord[];
  /** All that were ever asked, decided ones included. */
  readonly questions: readonly QuestionView[];
  readonly deadLetters: readonly {
    readonly to: string;
    readonly type: string;
    readonly reason: string;
  }[];
  /** Those that are open. */
  readonly incidents: readonly { readonly code: string; readonly about: string }[];
  /** Milliseconds since 1970, simulated. */
  readonly now: number;
  /** Whether faults have ended. */
  readonly isHealed: boolean;
}
