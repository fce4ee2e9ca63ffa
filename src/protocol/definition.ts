/**
 * Definitions: what a user declares once and runs many times, as plain values.
 *
 * The shapes here are what `defineBot`, `defineTask` and `defineWorkflow` return and what the
 * runtime reads. Type parameters live in the phantom property `~types`, which no value has.
 */
import type { Message } from './envelope.ts';
import type { RetryPolicy } from './retry.ts';
import type { Schema } from './schema.ts';
import type { HandlerContext, StepFunction, WorkContext } from './work.ts';

/** What every definition has. `In` is what callers pass, `Out` is what they get. */
export interface Definition<In = unknown, Out = unknown> {
  readonly kind: 'bot' | 'task' | 'workflow';
  readonly id: string;
  /** Raised when old runs could mean something new under it. */
  readonly version: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly input?: Schema | undefined;
  readonly output?: Schema | undefined;
  readonly retry: RetryPolicy;
  /** Milliseconds of one attempt; undefined: no time-out. */
  readonly timeoutMs?: number | undefined;
  readonly '~types'?: { readonly input: In; readonly output: Out } | undefined;
}

/** A capability that a bot offers: a name and a semantic version. */
export interface Capability {
  readonly name: string;
  readonly version: string;
  /** 0-10, higher is preferred (default 5). */
  readonly priority: number;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A handler of one message type: its payload's schema and the code. */
export interface Handler<Payload = unknown, Reply = unknown> {
  readonly payload?: Schema | undefined;
  readonly handle: (context: HandlerContext<never>) => Reply | Promise<Reply>;
  readonly '~types'?: { readonly payload: Payload; readonly reply: Reply } | undefined;
}

/** Handlers by message type. */
export type Handlers = Readonly<Record<string, Handler>>;

/** Who does it: a named worker. */
export interface Bot<In = unknown, Out = unknown, Part = never, On extends Handlers = Handlers>
  extends Definition<In, Out> {
  readonly kind: 'bot';
  readonly name: string;
  readonly domain?: string | undefined;
  readonly specialisations: readonly string[];
  readonly capabilities: readonly Capability[];
  /** Parallel runs and handlers (default 10). */
  readonly concurrency: number;
  readonly work?: ((context: WorkContext<never>) => unknown) | undefined;
  readonly on: On;
  readonly '~part'?: Part | undefined;
}

/** What is wanted; the runtime finds who does it. */
export interface Task<In = unknown, Out = unknown> extends Definition<In, Out> {
  readonly kind: 'task';
  readonly route: Route;
}

/** How a task finds its bot. */
export type Route =
  | { readonly by: 'bot'; readonly bot: Bot }
  | { readonly by: 'capability'; readonly capability: string }
  | { readonly by: 'domain'; readonly domain: string }
  | { readonly by: 'choose'; readonly choose: (candidates: readonly Candidate[]) => string };

/** A bot that could take a task, as `choose` sees it. */
export interface Candidate {
  readonly id: string;
  readonly domain?: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly specialisations: readonly string[];
  /** Runs and messages it has now, waiting ones included. */
  readonly load: number;
}

/** A graph of steps. */
export interface Workflow<In = unknown, Out = unknown, Results = unknown, Approvals = never>
  extends Definition<In, Out> {
  readonly kind: 'workflow';
  readonly steps: readonly StepDefinition[];
  /** Parallel steps (default 10). */
  readonly concurrency: number;
  /** Makes the result of input and results by step; undefined: the last step's result. */
  readonly result?: ((view: StepView) => unknown) | undefined;
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
  /** Makes the step's input (pure); or the input itself as JSON. Unused by function steps. */
  readonly input?: ((view: StepView) => unknown) | { readonly json: unknown } | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What step functions see: the run's `input` and the results it waits for, by name. */
export type StepView = Readonly<Record<string, unknown>> & { readonly input: unknown };

/** What can be run. */
export type Runnable = Definition;

/** What callers pass to it. */
export type InputOf<W> = W extends Definition<infer In, unknown> ? In : never;

/** What callers get from it. */
export type OutputOf<W> = W extends {
  readonly '~types'?: { readonly output: infer Out } | undefined;
}
  ? Out
  : never;

/** The messages that a recipient takes: its handlers' types and payloads. */
export type MessageOf<R> = R extends { readonly on: infer On }
  ? {
      [Type in keyof On & string]: Omit<Message, 'type' | 'payload'> & {
        readonly type: Type;
      } & PayloadField<On[Type]>;
    }[keyof On & string]
  : Message;

type PayloadField<H> = H extends { readonly '~types'?: { readonly payload: infer P } | undefined }
  ? undefined extends P
    ? { readonly payload?: P }
    : { readonly payload: P }
  : { readonly payload?: unknown };
