/**
 * The kinds of definitions: what `defineBot`, `defineTask` and `defineWorkflow` return and what the
 * runtime reads. A user's code stands here as methods, so that code of narrower types fits.
 */
import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import type { Definition } from './definition.ts';
import type { HandoffPolicy } from './handoff.ts';
import type { FailureMode, StepEnd } from './plan.ts';
import type { RetryPolicy } from './retry.ts';
import type { Schema } from './schema.ts';
import type {
  FunctionContext,
  HandlerContext,
  StepFunction,
  StepView,
  WorkContext,
} from './work.ts';

/** A capability that a bot offers: a name and a semantic version. */
export interface Capability {
  readonly name: string;
  readonly version: string;
  /** 0-10, higher is preferred (default 5). */
  readonly priority: number;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What happens to a message for a full mailbox: it is refused (`MAILBOX_FULL`), its sender waits
 * for room, or the oldest message of the lowest priority goes to the dead letters for it.
 */
export const WhenFull = z.enum(['reject', 'wait', 'drop-oldest']);
export type WhenFull = z.infer<typeof WhenFull>;

/** The bound of a bot's mailbox. */
export interface MailboxOptions {
  /** Messages that may wait (default `limits.mailboxMessages`). */
  readonly capacity?: number | undefined;
  /** What happens beyond that (default `reject`). */
  readonly whenFull?: WhenFull | undefined;
}

/**
 * A handler of one message type: its payload's schema and the code. Without code the type is
 * pulled: its messages wait in the bot's inbox until somebody takes them.
 */
export interface Handler<Payload = unknown, Reply = unknown> {
  readonly payload?: Schema | undefined;
  handle?(context: HandlerContext): Reply | Promise<Reply>;
  readonly '~types'?: { readonly payload: Payload; readonly reply: Reply } | undefined;
}

/** Handlers by message type. */
export type Handlers = Readonly<Record<string, Handler>>;

/** Who does it: a named worker. */
export interface Bot<In = unknown, Out = unknown, Part = never, On extends Handlers = Handlers>
  extends Definition<In, Out> {
  readonly kind: 'bot';
  /** What the result of `work` must be; callers get what it gives. */
  readonly output?: Schema | undefined;
  readonly name: string;
  readonly domain?: string | undefined;
  readonly specialisations: readonly string[];
  readonly capabilities: readonly Capability[];
  /** Parallel runs and handlers (default 10). */
  readonly concurrency: number;
  readonly mailbox?: MailboxOptions | undefined;
  /** Absent: the bot is external (`isExternal`), or only handles messages. */
  work?(context: WorkContext): unknown;
  /** Milliseconds without a sign of life after which an attempt by hand is lost. */
  readonly heartbeatMs?: number | undefined;
  /** Undefined: with work it accepts, an external bot is asked. */
  readonly handoffs?: HandoffPolicy | undefined;
  /** Without prototype, so that no inherited name is a message type. */
  readonly on: On;
  readonly '~part'?: Part | undefined;
}

/** What is wanted; the runtime finds who does it. */
export interface Task<In = unknown, Out = unknown> extends Definition<In, Out> {
  readonly kind: 'task';
  /** What the bot's result must be; callers get what it gives. */
  readonly output?: Schema | undefined;
  readonly route: Route;
  /** 0-10, 10 is most urgent; undefined: as the run's options say, else 5. */
  readonly priority?: number | undefined;
  /** Over that of its bot, when that is external. */
  readonly heartbeatMs?: number | undefined;
  readonly requirements: readonly string[];
  readonly constraints: readonly string[];
}

/** How a task finds its bot. */
export type Route =
  | { readonly by: 'bot'; readonly bot: Bot<unknown, unknown, unknown> }
  | { readonly by: 'capability'; readonly capability: string }
  | { readonly by: 'domain'; readonly domain: string }
  | { readonly by: 'choose'; readonly choose: Choose };

/** An app's own choice: gives the id of one of the candidates, to be checked by who asks. */
export type Choose = (candidates: readonly Candidate[]) => unknown;

/** A bot that could take a task, as `choose` sees it. */
export interface Candidate {
  readonly id: string;
  readonly domain?: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly specialisations: readonly string[];
  /** Runs and messages it has now, waiting ones included. */
  readonly load: number;
}

/** What a migration of a workflow sees: `input`, and the results of the steps that completed. */
export type OldResults = Readonly<Record<string, unknown>>;

/**
 * Makes results of steps of a newer version out of those of an older one; pure. The steps that it
 * names count as completed, all others begin as the plan says.
 */
export type WorkflowMigration = (old: OldResults) => Readonly<Record<string, unknown>>;

/** A graph of steps. */
export interface Workflow<In = unknown, Out = unknown, Results = unknown, Approvals = unknown>
  extends Definition<In, Out> {
  readonly kind: 'workflow';
  /** In the order of declaration; an index is a step's number in the plan. */
  readonly steps: readonly StepDefinition[];
  /** Parallel steps (default 10). */
  readonly concurrency: number;
  /** What happens when a step fails that may not (default `fail-fast`). */
  readonly onFailure?: FailureMode | undefined;
  /** What its runs may cost, all below included; undefined: anything. */
  readonly budget?: number | undefined;
  /** By the version that they start from; absent: none. */
  readonly migrations?: Readonly<Record<string, (old: OldResults) => unknown>> | undefined;
  /** Makes the result of input and all results (pure); undefined: the last step's result. */
  readonly result?: ((view: StepView) => unknown) | undefined;
  /**
   * Draws its plan as a machine of XState, for people and for checkers: it accepts exactly the
   * orders of beginnings and ends that a run can take. Over 50 steps its waves are drawn. It is a
   * picture, nothing runs by it. Loads XState when it is first called.
   */
  toMachine(): AnyStateMachine;
  readonly '~results'?: Results | undefined;
  readonly '~approvals'?: Approvals | undefined;
}

/** One step of a workflow. */
export interface StepDefinition {
  readonly name: string;
  /** A definition, the id of a registered one, or a function. */
  readonly work: Definition | string | StepFunction;
  /** Names of the steps it waits for. */
  readonly after: readonly string[];
  /**
   * Makes the step's input (pure); or the input itself as JSON; undefined: the input is undefined.
   * Function steps have none.
   */
  readonly input?: ((view: StepView) => unknown) | { readonly json: unknown } | undefined;
  /** Function steps always have one: their own, else the workflow's. */
  readonly retry?: RetryPolicy | undefined;
  readonly timeoutMs?: number | undefined;
  /** Whether it runs at all (pure); false: it is SKIPPED, its result undefined. */
  readonly when?: ((view: StepView) => unknown) | undefined;
  /** When it may begin, by how the steps it waits for ended; undefined: all of them are fine. */
  readonly runsWhen?: StepCondition | undefined;
  /** Its failure is fine: what waits for it begins without its result. */
  readonly optional?: boolean | undefined;
  /** Works that take over, one after the other, with its input, when it has failed. */
  readonly fallback?: readonly (Definition | string)[] | undefined;
  /** Undoes it, when the run does not complete. */
  readonly undo?: { readonly run: UndoFunction; readonly retry: RetryPolicy } | undefined;
  /** It runs again until its result is good. */
  readonly loop?: StepLoop | undefined;
  /** Its input is a list; its work runs for each item, its result is the list of results. */
  readonly each?: StepFan | undefined;
  /** How long it may take, in milliseconds; undefined: as long as in earlier runs. */
  readonly estimateMs?: number | undefined;
  /** What it may cost: it does not begin when the budget can't bear that. */
  readonly cost?: number | undefined;
}

/** When a step may begin, told by the ends of steps that it waits for. A name: that one is fine. */
export type StepCondition =
  | string
  | { readonly step: string; readonly is: readonly StepEnd[] }
  | { readonly all: readonly StepCondition[] }
  | { readonly any: readonly StepCondition[] };

/** Undoes a step: gets what the step saw, its `result`, and a step's context. */
export type UndoFunction = {
  /** A method, so that functions of narrower views fit. */
  run(view: StepView & FunctionContext & { readonly result: unknown }): unknown;
}['run'];

/** How a step runs again. Its functions are pure. */
export interface StepLoop {
  /** Whether the result is good. */
  until(result: unknown, input: unknown): unknown;
  /** The input of the next run, made of the result and the input before; undefined: the same. */
  again?: ((result: unknown, input: unknown) => unknown) | undefined;
  /** Runs at most; then the step fails (`REPEAT_EXHAUSTED`). */
  readonly max: number;
}

/** How a step runs for each item of a list. */
export interface StepFan {
  /** Works by name, when each item names its own: `{ work, input }`; undefined: the step's. */
  readonly works?: Readonly<Record<string, Definition>> | undefined;
  /** Items under way at once; undefined: as many as the workflow's steps. */
  readonly concurrency?: number | undefined;
  /** So many results are enough, the rest is cancelled; undefined: all. */
  readonly need?: number | undefined;
  /** When an item fails (default as the workflow). A result that is missing is null. */
  readonly onFailure?: FailureMode | undefined;
  /** How long an item may take, in milliseconds (pure). */
  estimate?: ((item: unknown) => number) | undefined;
}

/** Whether a definition is a bot. */
export const isBot = (definition: Definition): definition is Bot => definition.kind === 'bot';

/**
 * Whether a bot's runs are driven by hand: it has no work, and no handlers unless it says what its
 * runs take. One with handlers alone only handles messages.
 */
export const isExternal = (bot: Pick<Bot, 'work' | 'input' | 'on'>): boolean =>
  bot.work === undefined && (bot.input !== undefined || Object.keys(bot.on).length === 0);

/** Whether messages of a type wait until somebody takes them. */
export const isPulled = (bot: Pick<Bot, 'on'>, type: string): boolean =>
  bot.on[type] !== undefined && bot.on[type].handle === undefined;

/** Whether a definition is a task. */
export const isTask = (definition: Definition): definition is Task => definition.kind === 'task';

/**
 * A question to a person, who decides it. `In` is what it is about, `Answer` what a yes gives,
 * `Given` what a yes must bring along for that; undefined when it brings nothing.
 */
export interface Approval<In = unknown, Answer = unknown, Given = Answer>
  extends Definition<In, Answer> {
  readonly kind: 'approval';
  /** What a yes must bring along; undefined: it brings nothing, its result is the decision. */
  readonly answer?: Schema | undefined;
  /** Milliseconds between two reminders; undefined: none. */
  readonly remindEveryMs?: number | undefined;
  /** Milliseconds after which silence fails it; undefined: it waits for ever. */
  readonly expiresInMs?: number | undefined;
  /** There is no no: it is answered, or expires. */
  readonly mustAnswer?: true | undefined;
  readonly '~given'?: { readonly given: Given } | undefined;
}

/** What a yes to an approval must bring along: undefined when it brings nothing. */
export type GivenOf<W> = W extends {
  readonly '~given'?: { readonly given: infer Given } | undefined;
}
  ? Given
  : unknown;

/**
 * What a step adds to the approvals of its workflow: `{ release: Given }` for an approval, nothing
 * for other work.
 */
export type StepApprovals<Name extends string, W> = W extends { readonly kind: 'approval' }
  ? Readonly<Record<Name, GivenOf<W>>>
  : unknown;

/** Whether a definition is an approval. */
export const isApproval = (definition: Definition): definition is Approval =>
  definition.kind === 'approval';

/** Whether a definition is a workflow. */
export const isWorkflow = (definition: Definition): definition is Workflow =>
  definition.kind === 'workflow';

/** What a definition of each kind can't do without. */
const partOf = new Map<unknown, string>([
  ['bot', 'on'],
  ['task', 'route'],
  ['workflow', 'steps'],
  ['machine', 'machine'],
  ['approval', 'retry'],
]);

/** Whether a value is a definition, by its shape. */
export function isDefinition(value: unknown): value is Definition {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const part = partOf.get(value.kind);
  return (
    part !== undefined &&
    typeof Reflect.get(value, part) === 'object' &&
    typeof Reflect.get(value, 'retry') === 'object' &&
    typeof Reflect.get(value, 'id') === 'string' &&
    typeof Reflect.get(value, 'version') === 'string'
  );
}
