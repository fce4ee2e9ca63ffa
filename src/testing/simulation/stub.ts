/** Stubs: functions that stand in for a bot's work, or for steps, handlers and promises by name. */
import type { AnyStateMachine } from 'xstate';
import {
  type Bot,
  type Definition,
  type Handlers,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';

/** What a stub's function gets beside the input. */
export interface StubCall {
  /** The idempotency key of what it stands in for. */
  readonly key: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** Numbers from 0 up to, not including, 1, drawn from the script's seed. */
  readonly random: () => number;
  /** Milliseconds since 1970, simulated. */
  readonly now: () => number;
}

/** A function that stands in for code: it gets the input, or the view of a workflow's step. */
export type StubFunction<In = never, Out = unknown> = (
  input: In,
  call: StubCall,
) => Out | Promise<Out>;

/** What stands in for the code of a definition. */
export interface Stub {
  /** Id of the definition. */
  readonly of: string;
  /** In place of a bot's whole work. */
  readonly work?: StubFunction | undefined;
  /** In place of steps, of handlers by message type, and of a machine's promises, by name. */
  readonly parts?: Readonly<Record<string, StubFunction>> | undefined;
}

/** What a step's stub sees: the input, the results of other steps by name, and its context. */
export type StubView<In, Results> = Readonly<Results> & {
  readonly input: In;
  readonly key: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** Of what undoes a step: what the step gave. */
  readonly result?: unknown;
};

/** The functions that stand in for steps of a workflow, and for what undoes them, by name. */
export type StubbedSteps<In, Results> = {
  readonly [Name in keyof Results]?: StubFunction<StubView<In, Results>, Results[Name]>;
} & {
  readonly [Name in `${keyof Results & string}~undo`]?: StubFunction<StubView<In, Results>>;
};

/** Stands in for a bot's work: called as a bot that answers at once. */
export function stub<In, Out>(
  bot: Bot<In, Out, never, Handlers>,
  work: StubFunction<In, Out>,
): Stub;
/** Stands in for function steps of a workflow, and for what undoes them (`pay~undo`), by name. */
export function stub<In, Out, Results>(
  workflow: Workflow<In, Out, Results>,
  steps: StubbedSteps<NoInfer<In>, NoInfer<Results>>,
): Stub;
/**
 * Stands in for steps and handlers of a bot, or for promises of a machine, by name.
 * @throws TroupeError `BAD_OPTION` for what is no function.
 */
export function stub(
  definition: (Definition & { readonly kind: 'bot' | 'machine' }) | AnyStateMachine,
  parts: Readonly<Record<string, StubFunction>>,
): Stub;
export function stub({ id }: { readonly id: string }, given: unknown): Stub {
  if (isFunction(given)) return { of: id, work: given };
  const parts = Object.entries(Object(given)).map(([name, part]): [string, StubFunction] => {
    if (isFunction(part)) return [name, part];
    const problem = 'must be a function';
    throw troupeError('BAD_OPTION', { where: `stub of ${id}`, field: name, problem });
  });
  return { of: id, parts: Object.fromEntries(parts) };
}

const isFunction = (given: unknown): given is StubFunction => typeof given === 'function';
