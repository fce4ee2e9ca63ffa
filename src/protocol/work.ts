/**
 * The contract between the runtime and the code that does the work.
 *
 * After a crash `work` runs again from the top, finished steps answering from the journal: what
 * touches the world belongs in a step.
 */
import type {
  InputOf,
  MessageFor,
  MessageOf,
  OutputOf,
  PartOf,
  QuestionFor,
  Recipient,
  ReplyOf,
  Runnable,
  TypeOf,
} from './definition.ts';
import type { Duration } from './duration.ts';
import type { Message } from './envelope.ts';
import type { HandoffOptions, TakenOver } from './handoff.ts';
import type { Logger } from './logger.ts';
import type { RetryOptions } from './retry.ts';

/** What a durable step gets. */
export interface StepContext {
  /** Aborted when the run is cancelled, times out or the troupe stops. */
  readonly signal: AbortSignal;
  /** The step's idempotency key `runId/step`: unchanged by crash, restart and retry. */
  readonly key: string;
  /** The attempt of this step, 1 for the first. */
  readonly attempt: number;
  /** A sign of life, for a step with the option `heartbeat`. */
  readonly heartbeat: () => void;
}

/** Options of a durable step. */
export interface StepOptions {
  /** Attempts of this step alone, before its failure reaches the work (default: one). */
  readonly retry?: RetryOptions | undefined;
  /** Time-out of one attempt. */
  readonly timeout?: Duration | undefined;
  /** Without a call of `heartbeat` for so long an attempt ends with `HEARTBEAT_LOST`. */
  readonly heartbeat?: Duration | undefined;
}

/** Options of a child run. */
export interface ChildOptions {
  readonly title?: string | undefined;
  readonly priority?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly timeout?: Duration | undefined;
  /** Of an approval: time between two reminders, over its own. */
  readonly remindEvery?: Duration | undefined;
  /** Of an approval: how long it waits until it fails, over its own. */
  readonly expiresIn?: Duration | undefined;
}

/** What `work` reports while it runs. */
export interface Report {
  /** 0 to 1. */
  readonly progress?: number | undefined;
  readonly note?: string | undefined;
  /** 0 to 1: how sure the bot is of its result. */
  readonly confidence?: number | undefined;
  /** What is worth remembering. */
  readonly learnings?: readonly string[] | undefined;
  /** Added to the run's cost, in the unit that the app uses. */
  readonly cost?: number | undefined;
  /** 0 to 1: how good the result is. */
  readonly quality?: number | undefined;
}

/** Runs a durable step: a function whose result is recorded once, or any work as a child run. */
export interface Step {
  <Result>(
    name: string,
    run: (context: StepContext) => Result | Promise<Result>,
    options?: StepOptions,
  ): Promise<Awaited<Result>>;
  <W extends Runnable>(
    name: string,
    work: W,
    input: InputOf<W>,
    options?: ChildOptions,
  ): Promise<OutputOf<W>>;
}

/** Sends a message as this bot: once, however often the work runs again. */
export type Send = <R extends Recipient | string>(
  to: R,
  message: R extends string ? Message : MessageOf<R>,
) => Promise<void>;

/** How long an asker waits. */
export interface AskOptions {
  /** How long until `ASK_TIMEOUT` (default 60 s). */
  readonly timeout?: Duration | undefined;
  /** Ends the waiting with `ASK_CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a bot: sends it a message and gives what its handler returns.
 * @throws TroupeError as `send` does; `HANDLER_FAILED` with the failure, `ASK_TIMEOUT`,
 *   `ASK_CANCELLED`, `ASK_DROPPED`, `EXPIRED`; `ASK_PARTS` when its handler answers in parts;
 *   `ASK_DEADLOCK` when a handler would wait for itself.
 */
export interface Ask {
  <R extends Recipient, Type extends TypeOf<R>>(
    to: R,
    message: QuestionFor<R, Type>,
    options?: AskOptions,
  ): Promise<ReplyOf<R, Type>>;
  (to: string, message: Message, options?: AskOptions): Promise<unknown>;
}

/**
 * Asks a bot for parts: what its handler, an async generator, yields; a handler that returns a
 * value gives that as the one part. Parts come in order, each once; the handler waits while the
 * caller has not taken 16 of them, and is ended when the iteration is.
 * @throws TroupeError from the iteration, as `Ask` does; `timeout` is that between two parts.
 */
export interface AskStream {
  <R extends Recipient, Type extends TypeOf<R>>(
    to: R,
    message: MessageFor<R, Type>,
    options?: AskOptions,
  ): AsyncGenerator<PartOf<R, Type>, void, undefined>;
  (to: string, message: Message, options?: AskOptions): AsyncGenerator<unknown, void, undefined>;
}

/** Names of recorded parts start so. */
export const partPrefix = '~part/';

/** What `work` gets. */
export interface WorkContext<Input = unknown> {
  readonly input: Input;
  /** 1 for the first of this bot; a process crash is no attempt. */
  readonly attempt: number;
  /** The run's address without `run/`. */
  readonly runId: string;
  /** Aborted when the run is cancelled, times out, is suspended or the troupe stops. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly step: Step;
  /** Waits, also over restarts, and holds no slot; named like a step, and done once like one. */
  readonly sleep: (name: string, duration: Duration) => Promise<void>;
  readonly send: Send;
  /** Asks once, however often the work runs again: the recorded reply answers. */
  readonly ask: Ask;
  /** Resolves when the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  /**
   * Asks another bot to take this run, once, however often the work runs again; waits without a
   * slot, also over restarts. Accepted, the run moves and this work is aborted (`ABORTED`).
   * @throws TroupeError `HANDOFF_DECLINED`, `HANDOFF_EXPIRED`: the work goes on here;
   *   `HANDOFF_OPEN`, `NOT_REGISTERED`, `INVALID`, `SCHEMA_ASYNC`, `ILLEGAL_MOVE`, `BAD_OPTION`,
   *   `BAD_ID`, `NOT_JSON`, `TOO_LARGE`: nobody was asked.
   */
  readonly handoff: (options: HandoffOptions) => Promise<never>;
  /** What the bot before said when it handed the run on; undefined: no other bot had it. */
  readonly takenOver?: TakenOver | undefined;
}

/** What a handler of messages gets. */
export interface HandlerContext<Payload = unknown> {
  readonly payload: Payload;
  readonly message: HandlerMessage;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly send: Send;
  /** What is open when the handler ends is cancelled. */
  readonly ask: Ask;
}

/** The envelope without its payload, as handlers see it. */
export interface HandlerMessage {
  readonly id: string;
  readonly type: string;
  readonly from: string;
  readonly at: number;
  readonly priority: number;
  readonly correlationId: string;
  readonly conversationId?: string | undefined;
  readonly responseTo?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What step functions see: the run's `input` and the results they wait for, by name. */
export type StepView = Readonly<Record<string, unknown>> & { readonly input: unknown };

/** What a workflow's function step gets of a step's context: `heartbeat` may be a step's name. */
export type FunctionContext = Omit<StepContext, 'heartbeat'>;

/** A workflow's function step: gets `input`, the results it waits for, and a step's context. */
export type StepFunction = {
  /** A method, so that functions of narrower views fit. */
  run(view: StepView & FunctionContext): unknown;
}['run'];
