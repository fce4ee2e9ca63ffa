/**
 * The types of a chain: how a workflow grows step by step, with names, inputs and results inferred.
 *
 * Results accumulate in an intersection, one member for each step, and each view picks from it the
 * names that its step waits for: checking a chain stays linear in its steps, without recursion.
 *
 * The order of the forms of `.step` matters: what is wrong is told of the last one, and parameters
 * of functions are typed by the first one that fits.
 */
import type { AnyStateMachine } from 'xstate';
import type {
  Definition,
  FailureMode,
  FunctionContext,
  InputOf,
  OldResults,
  OutputOf,
  StepApprovals,
  Workflow,
} from '../protocol/index.ts';
import type { ReservedName } from './step.ts';
import type {
  ChainStepOptions,
  EachOption,
  EachResult,
  Fallback,
  FallbackOption,
  RunsWhen,
  Unseen,
  Unsure,
  ViewOf,
} from './step-options.ts';

/** The name of a new step, or a text that says why it can't be one. */
export type NewName<Name extends string, Results> = string extends Name
  ? 'the name of a step must be a literal; use graph() for steps from data'
  : Name extends ReservedName
    ? `${Name} is a reserved name`
    : Name extends `${string}~${number | 'undo'}`
      ? `${Name} is a name that runs of steps have`
      : Name extends keyof Results
        ? `there is a step ${Name} already`
        : Name;

/** What follows name and work `W` in `.step`: its input's function, left out when it takes none. */
export type StepRest<W, View, Options> = [InputOf<W>] extends [undefined]
  ? [options?: Options | undefined]
  : undefined extends InputOf<W>
    ?
        | [input?: ((view: View) => InputOf<W>) | undefined, options?: Options | undefined]
        | [options?: Options | undefined]
    : [input: (view: View) => InputOf<W>, options?: Options | undefined];

/** What the failure mode of a workflow adds to the result of each step. */
export type Missed<Mode extends FailureMode> = 'best-effort' extends Mode ? undefined : never;

/** A chain with one more step. */
type Grown<
  In,
  Input,
  Results,
  Approvals,
  Missing extends undefined,
  Name extends string,
  Value,
> = Chain<In, Value, Input, Results & Readonly<Record<Name, Value>>, Name, Approvals, Missing>;

/**
 * A workflow that can grow. Every call returns a new workflow and leaves this one as it is; each
 * can be run. `Input` is what steps see, `Results` what they give, `Last` the last step's name,
 * `Approvals` the answers that are waited for, `Missing` what a failed step gives where it may.
 */
export interface Chain<
  In,
  Out,
  Input,
  Results,
  Last extends keyof Results & string,
  Approvals = unknown,
  Missing extends undefined = never,
> extends Workflow<In, Out, Results, Approvals> {
  /**
   * Adds a step that runs a machine.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    W extends AnyStateMachine,
    After extends keyof Results & string = Last,
    When extends boolean = never,
    Optional extends boolean = false,
    const Rule extends RunsWhen<After> = never,
    const F extends Fallback = never,
  >(
    name: NewName<Name, Results>,
    work: W,
    ...rest: StepRest<
      W,
      ViewOf<Input, Results, After, Unseen<Rule>>,
      ChainStepOptions<
        After,
        ViewOf<Input, Results, After, Unseen<Rule>>,
        OutputOf<W>,
        When,
        Optional,
        Rule
      > &
        FallbackOption<W, F>
    >
  ): Grown<
    In,
    Input,
    Results,
    Approvals,
    Missing,
    Name,
    OutputOf<W> | Missing | Unsure<When, Optional, Rule>
  >;
  /**
   * Adds a step that calls a function. It gets the results it waits for, `input`, and the step's
   * `key`, `signal` and `attempt`; what it returns is recorded once.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    Value,
    After extends keyof Results & string = Last,
    When extends boolean = never,
    Optional extends boolean = false,
    const Rule extends RunsWhen<After> = never,
  >(
    name: NewName<Name, Results>,
    work: (view: ViewOf<Input, Results, After, Unseen<Rule>> & FunctionContext) => Value,
    options?: ChainStepOptions<
      After,
      ViewOf<Input, Results, After, Unseen<Rule>>,
      Awaited<Value>,
      When,
      Optional,
      Rule
    >,
  ): Grown<
    In,
    Input,
    Results,
    Approvals,
    Missing,
    Name,
    Awaited<Value> | Missing | Unsure<When, Optional, Rule>
  >;
  /**
   * Adds a step that calls a function for each item of a list, which a pure function makes of the
   * results it waits for; the function sees the item as `input`. The result is the list of theirs.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    Item,
    Value,
    After extends keyof Results & string = Last,
    When extends boolean = never,
    Optional extends boolean = false,
    const Rule extends RunsWhen<After> = never,
    Need extends number = never,
    const Mode extends FailureMode = never,
  >(
    name: NewName<Name, Results>,
    work: (view: ViewOf<Item, Results, After, Unseen<Rule>> & FunctionContext) => Value,
    items: (view: ViewOf<Input, Results, After, Unseen<Rule>>) => readonly Item[],
    options: ChainStepOptions<
      After,
      ViewOf<Input, Results, After, Unseen<Rule>>,
      EachResult<Awaited<Value>, Need, Mode, Missing>,
      When,
      Optional,
      Rule
    > &
      EachOption<Item, Need, Mode>,
  ): Grown<
    In,
    Input,
    Results,
    Approvals,
    Missing,
    Name,
    EachResult<Awaited<Value>, Need, Mode, Missing> | Missing | Unsure<When, Optional, Rule>
  >;
  /**
   * Adds a step that runs its work for each item of a list, which a pure function makes of the
   * results it waits for; its result is the list of their results.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    W extends Definition,
    After extends keyof Results & string = Last,
    When extends boolean = never,
    Optional extends boolean = false,
    const Rule extends RunsWhen<After> = never,
    Need extends number = never,
    const Mode extends FailureMode = never,
  >(
    name: NewName<Name, Results>,
    work: W,
    items: (view: ViewOf<Input, Results, After, Unseen<Rule>>) => readonly InputOf<W>[],
    options: ChainStepOptions<
      After,
      ViewOf<Input, Results, After, Unseen<Rule>>,
      EachResult<OutputOf<W>, Need, Mode, Missing>,
      When,
      Optional,
      Rule
    > &
      EachOption<InputOf<W>, Need, Mode>,
  ): Grown<
    In,
    Input,
    Results,
    Approvals,
    Missing,
    Name,
    EachResult<OutputOf<W>, Need, Mode, Missing> | Missing | Unsure<When, Optional, Rule>
  >;
  /**
   * Adds a step that runs a bot, a task, an approval or another workflow, with the input that a
   * function makes of the results it waits for. The function is pure: it may run more than once.
   * @throws TroupeError `STEP_NAME_TAKEN`, `UNKNOWN_STEP`, `BAD_ID` or `BAD_OPTION`.
   */
  step<
    const Name extends string,
    W extends Definition,
    After extends keyof Results & string = Last,
    When extends boolean = never,
    Optional extends boolean = false,
    const Rule extends RunsWhen<After> = never,
    const F extends Fallback = never,
  >(
    name: NewName<Name, Results>,
    work: W,
    ...rest: StepRest<
      W,
      ViewOf<Input, Results, After, Unseen<Rule>>,
      ChainStepOptions<
        After,
        ViewOf<Input, Results, After, Unseen<Rule>>,
        OutputOf<W>,
        When,
        Optional,
        Rule
      > &
        FallbackOption<W, F>
    >
  ): Grown<
    In,
    Input,
    Results,
    Approvals & StepApprovals<Name, W>,
    Missing,
    Name,
    OutputOf<W> | Missing | Unsure<When, Optional, Rule>
  >;
  /**
   * Takes over live runs of a version that is not registered any more. `results`, called with
   * `input` and the results of the steps that completed there, names the steps of this workflow
   * that count as completed, each with its result; all others begin as the plan says. It is pure:
   * it is called to look, and again to use. What it gives can't be used: the run is parked.
   * @throws TroupeError `BAD_ID`; `BAD_OPTION` for its own version, or one that it has already.
   */
  migrate<Given extends object>(
    from: string,
    results: (old: OldResults) => Given & {
      readonly [Step in keyof Given]: Step extends keyof Results ? Results[Step] : never;
    },
  ): Chain<In, Out, Input, Results, Last, Approvals, Missing>;
  /**
   * Ends the chain: `result` makes the workflow's result of its input and all results. It is pure.
   * @throws TroupeError `BAD_OPTION` when it is no synchronous function.
   */
  output<Value>(
    result: (view: ViewOf<Input, Results, keyof Results & string>) => Value,
  ): Workflow<In, Value, Results, Approvals>;
}
