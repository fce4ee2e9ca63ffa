/**
 * The options of a step as users write them, and what they do to types: a step that may not run, or
 * may fail, gives `undefined` too to those who wait for it.
 *
 * Whether an option was given is told by type parameters that are inferred from it alone: `When`
 * and `Rule` are `never` without it, `Optional` is `false`.
 */
import type {
  Duration,
  FailureMode,
  FunctionContext,
  InputOf,
  OutputOf,
  RetryOptions,
  Runnable,
  StepEnd,
} from '../protocol/index.ts';

/** What a step sees: the run's `input`, and the results of the steps it waits for. */
export type ViewOf<Input, Results, Names extends keyof Results, Missing = never> = {
  readonly input: Input;
} & { readonly [Name in Names]: Results[Name] | Missing };

/**
 * When a step begins, by how the steps it waits for ended (default: all of them are fine, that is
 * completed, skipped, or failed where they may).
 * - `'always'`: however they ended.
 * - `'failed'`: one of them failed. Who asks for a failure handles it: it does not fail the run.
 * - A name: that one is fine. `{ step, is }`: that one ended so. `{ all }`, `{ any }`: conditions.
 */
export type RunsWhen<Name extends string> = 'always' | 'failed' | EndCondition<Name>;

/** A condition on the ends of steps. */
export type EndCondition<Name extends string> =
  | Name
  | { readonly step: Name; readonly is: readonly StepEnd[] }
  | { readonly all: readonly EndCondition<Name>[] }
  | { readonly any: readonly EndCondition<Name>[] };

/** What a rule adds to the results that a step sees: who begins after a failure lacks results. */
export type Unseen<Rule> = [Rule] extends [never] ? never : undefined;

/** What its options add to the result of a step: what may be left out may be undefined. */
export type Unsure<When, Optional, Rule> =
  | ([When] extends [never] ? never : undefined)
  | (true extends Optional ? undefined : never)
  | ([Rule] extends ['always'] ? never : undefined);

/** Options of a step in a chain. `View` is what it sees, `Result` what it gives. */
export interface ChainStepOptions<
  After extends string,
  View = never,
  Result = unknown,
  When extends boolean = boolean,
  Optional extends boolean = boolean,
  Rule extends RunsWhen<After> = RunsWhen<After>,
> {
  /** Names of earlier steps that it waits for (default: the step above; `[]`: none). */
  readonly after?: readonly After[] | undefined;
  /** Whether it runs at all; pure. When false it is SKIPPED, its result undefined. */
  readonly when?: ((view: View) => When) | undefined;
  /** When it begins, by how the steps it waits for ended; else it is OMITTED. */
  readonly runsWhen?: Rule | undefined;
  /** Its failure is fine: what waits for it begins, and gets undefined (default false). */
  readonly optional?: Optional | undefined;
  /** Attempts and pauses (default: those of its work; of a function, the workflow's). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of one attempt (default: that of its work). */
  readonly timeout?: Duration | undefined;
  /**
   * Undoes the step when the run does not complete: in reverse order of completion, with
   * what the step saw and its `result`; tried again by its retry policy.
   */
  readonly undo?: ((view: UndoView<View, Result>) => unknown) | undefined;
  /** Attempts and pauses of `undo` (default: the workflow's). */
  readonly undoRetry?: RetryOptions | undefined;
  /** How long it may take, for the order of starts (default: as long as in earlier runs). */
  readonly estimate?: Duration | undefined;
  /** What it may cost, in the unit of the app: it does not begin when the budget is too small. */
  readonly cost?: number | undefined;
}

/** What an undo sees: what its step saw, the step's result, and a step's context. */
export type UndoView<View, Result> = View & FunctionContext & { readonly result: Result };

/** The option of a step that runs work: who takes over. */
export interface FallbackOption<W, F> {
  /** Work that takes over with the same input when the step has failed; or several, in order. */
  readonly fallback?: FallbackFor<W, F> | undefined;
}

/** A fallback of `W`, or a text that says why it can't be one. */
export type FallbackFor<W, F> = [MisfitOf<W, Members<F>>] extends [never]
  ? F
  : MisfitOf<W, Members<F>>;

/** What can stand as a fallback. */
export type Fallback = Runnable | readonly Runnable[];

type Members<F> = F extends readonly unknown[] ? F[number] : F;

type MisfitOf<W, F> = F extends unknown
  ? [InputOf<W>] extends [InputOf<F>]
    ? [OutputOf<F>] extends [OutputOf<W>]
      ? never
      : 'a fallback must give what the work of its step gives'
    : 'a fallback must take the input of its step'
  : never;

/** How a step runs for each item of its input. */
export interface EachOptions<Item, Need extends number, Mode extends FailureMode> {
  /** Items under way at once (default: as the workflow's steps). */
  readonly concurrency?: number | undefined;
  /** So many results are enough, the rest is cancelled (default: all). */
  readonly need?: Need | undefined;
  /** When an item fails (default: as the workflow). */
  readonly onFailure?: Mode | undefined;
  /** How long an item may take, in milliseconds; pure. */
  readonly estimate?: ((item: Item) => number) | undefined;
}

/** The option of a step that runs its work for each item of a list: `true`, or how. */
export interface EachOption<Item, Need extends number, Mode extends FailureMode> {
  readonly each: true | EachOptions<Item, Need, Mode>;
}

/** What a step gives that runs for each item: results in the order of items, null where missing. */
export type EachResult<Value, Need, Mode, Missing> = (
  | Value
  | ([Need] extends [never] ? never : null)
  | ([Mode] extends [never]
      ? [Missing] extends [never]
        ? never
        : null
      : 'best-effort' extends Mode
        ? null
        : never)
)[];
