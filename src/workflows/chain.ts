/**
 * The types of a chain: how a workflow grows step by step, with names, inputs and results inferred.
 *
 * Results accumulate in an intersection, one member for each step, and each view picks from it the
 * names that its step waits for: checking a chain stays linear in its steps, without recursion.
 */
import type { AnyStateMachine } from 'xstate';
import type {
  Definition,
  Duration,
  FunctionContext,
  InputOf,
  OutputOf,
  RetryOptions,
  Workflow,
} from '../protocol/index.ts';
import type { ReservedName } from './step.ts';

/** What a step sees: the run's `input`, and the results of the steps it waits for. */
export type ViewOf<Input, Results, Names extends keyof Results> = {
  readonly input: Input;
} & { readonly [Name in Names]: Results[Name] };

/** The name of a new step, or a text that says why it can't be one. */
export type NewName<Name extends string, Results> = string extends Name
  ? 'the name of a step must be a literal; use graph() for steps from data'
  : Name extends ReservedName
    ? `${Name} is a reserved name`
    : Name extends keyof Results
      ? `there is a step ${Name} already`
      : Name;

/** Options of a step in a chain. */
export interface ChainStepOptions<After extends string> {
  /** Names of earlier steps that it waits for (default: the step above; `[]`: none). */
  readonly after?: readonly After[] | undefined;
  /** Attempts and pauses (default: those of its work; of a function, the workflow's). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of one attempt (default: that of its work). */
  readonly timeout?: Duration | undefined;
}

/** What follows name and work `W` in `.step`: its input's function, left out when it takes none. */
export type StepRest<W, View, After extends string> = [InputOf<W>] extends [undefined]
  ? [options?: ChainStepOptions<After> | undefined]
  : undefined extends InputOf<W>
    ?
        | [
            input?: ((view: View) => InputOf<W>) | undefined,
            options?: ChainStepOptions<After> | undefined,
          ]
        | [options?: ChainStepOptions<After> | undefined]
    : [input: (view: View) => InputOf<W>, options?: ChainStepOptions<After> | undefined];

/**
 * A workflow that can grow. Every call returns a new workflow and leaves this one as it is; each
 * can be run. `Input` is what steps see, `Results` what they give, `Last` the last step's name.
 */
export interface Chain<In, Out, Input, Results, Last extends keyof Results & string>
  extends Workflow<In, Out, Results> {
  /**
   * Adds a step that calls a function. It gets the results it waits for, `input`, and the step's
   * `key`, `signal` and `attempt`; what it returns is recorded once.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<const Name extends string, Value, After extends keyof Results & string = Last>(
    name: NewName<Name, Results>,
    work: (view: ViewOf<Input, Results, After> & FunctionContext) => Value,
    options?: ChainStepOptions<After>,
  ): Chain<In, Awaited<Value>, Input, Results & Readonly<Record<Name, Awaited<Value>>>, Name>;
  /**
   * Adds a step that runs a bot, a task or another workflow, with the input that a function makes
   * of the results it waits for. The function is pure: it may run more than once.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    W extends Definition,
    After extends keyof Results & string = Last,
  >(
    name: NewName<Name, Results>,
    work: W,
    ...rest: StepRest<W, ViewOf<Input, Results, After>, After>
  ): Chain<In, OutputOf<W>, Input, Results & Readonly<Record<Name, OutputOf<W>>>, Name>;
  /**
   * Adds a step that runs a machine.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    W extends AnyStateMachine,
    After extends keyof Results & string = Last,
  >(
    name: NewName<Name, Results>,
    work: W,
    ...rest: StepRest<W, ViewOf<Input, Results, After>, After>
  ): Chain<In, OutputOf<W>, Input, Results & Readonly<Record<Name, OutputOf<W>>>, Name>;
  /**
   * Ends the chain: `result` makes the workflow's result of its input and all results. It is pure.
   * @throws TroupeError `BAD_OPTION` when it is no synchronous function.
   */
  output<Value>(
    result: (view: ViewOf<Input, Results, keyof Results & string>) => Value,
  ): Workflow<In, Value, Results>;
}
