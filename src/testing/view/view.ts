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
  Workflow,
} from '../../protocol/index.ts';
import type { CallRecord } from '../simulation/sight.ts';

/** A step of a workflow that has completed. */
export interface CompletedStep<Result = unknown> {
  readonly result: Result;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The steps of a workflow by name; one is there when it has completed. */
export type CompletedSteps<W> =
  W extends Workflow<never, unknown, infer Results, unknown>
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
  readonly cost: number;
  readonly steps: CompletedSteps<W>;
  /** How the other steps stand: WAITING, STARTED, FAILED, SKIPPED, OMITTED, UNDONE ... */
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
  readonly runId: string;
  readonly status: string;
  readonly payload: unknown;
}

/** What is seen of a team. */
export interface View {
  /** All runs of a definition in the order of their beginning, those of steps included. */
  runs<W extends Runnable>(work: W): readonly RunView<W>[];
  /** Calls of a place of code: `finder`, `finder.search`, `answer.publish`; all when left out. */
  calls(of?: string): readonly CallRecord[];
  readonly questions: readonly QuestionView[];
  readonly deadLetters: readonly {
    readonly to: string;
    readonly type: string;
    readonly reason: string;
  }[];
  readonly incidents: readonly { readonly code: string; readonly about: string }[];
  /** Milliseconds since 1970, simulated. */
  readonly now: number;
  /** Whether faults have ended. */
  readonly isHealed: boolean;
}
