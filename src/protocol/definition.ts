/**
 * Definitions: what a user declares once and runs many times, as plain values; and what their types
 * tell: what callers pass, what they get, which messages a recipient takes.
 *
 * Type parameters live in the phantom property `~types`, which no value has.
 */
import type { AnyStateMachine, InputFrom, OutputFrom } from 'xstate';
import type { Message } from './envelope.ts';
import type { RetryPolicy } from './retry.ts';
import type { Schema, SchemaInput, SchemaOutput } from './schema.ts';

/** What every definition has. `In` is what callers pass, `Out` is what they get. */
export interface Definition<In = unknown, Out = unknown> {
  readonly kind: 'bot' | 'task' | 'workflow' | 'machine' | 'approval';
  readonly id: string;
  /** Raised when old runs could mean something new under it. */
  readonly version: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly input?: Schema | undefined;
  readonly retry: RetryPolicy;
  /** Milliseconds of one attempt; undefined: no time-out. */
  readonly timeoutMs?: number | undefined;
  readonly '~types'?: { readonly input: In; readonly output: Out } | undefined;
}

/** What can be run: a definition, or any machine of XState 5 as it stands. */
export type Runnable = Definition | AnyStateMachine;

/** What callers pass to it. */
export type InputOf<W> =
  W extends Definition<infer In, unknown> ? In : W extends AnyStateMachine ? InputFrom<W> : never;

/** What callers get from it. */
export type OutputOf<W> = W extends AnyStateMachine
  ? OutputFrom<W>
  : W extends { readonly '~types'?: { readonly output: infer Out } | undefined }
    ? Out
    : never;

/** What callers pass under an input schema; undefined without one. */
export type CallerInput<I> = I extends Schema ? SchemaInput<I> : undefined;

/** What the work sees under an input schema; undefined without one. */
export type WorkInput<I> = I extends Schema ? SchemaOutput<I> : undefined;

/** What a definition with handlers is to those who send to it. */
export interface Recipient extends Definition {
  readonly kind: 'bot';
  readonly on: object;
}

/** The types of the messages that a recipient takes. */
export type TypeOf<R extends Recipient> = keyof R['on'] & string;

/** The messages that a recipient takes: its handlers' types and payloads. */
export type MessageOf<R> = R extends Recipient
  ? { [Type in TypeOf<R>]: MessageFor<R, Type> }[TypeOf<R>]
  : Message;

/** A message of one type that a recipient takes. */
export type MessageFor<R extends Recipient, Type extends TypeOf<R>> = Omit<
  Message,
  'type' | 'payload'
> & { readonly type: Type } & PayloadField<R['on'][Type]>;

/** A message of a batch, with its recipient. */
export type AddressedTo<R> = { readonly to: R } & (R extends string ? Message : MessageOf<R>);

/** What the handler of a type gives: its return value, or the generator of its parts. */
type AnswerTo<R extends Recipient, Type extends TypeOf<R>> = R['on'][Type] extends {
  readonly '~types'?: { readonly reply: infer Reply } | undefined;
}
  ? Reply
  : unknown;

/** What an ask gives: what the recipient's handler returns. */
export type ReplyOf<R extends Recipient, Type extends TypeOf<R>> = AnswerTo<R, Type>;

declare const noReply: unique symbol;

/** What a type without code answers: nothing, ever. */
export interface NoReply {
  readonly [noReply]: true;
}

/**
 * A message that is answered by one reply; one that is answered in parts, or by nobody, does not
 * compile.
 */
export type QuestionFor<R extends Recipient, Type extends TypeOf<R>> = MessageFor<R, Type> &
  ([AnswerTo<R, Type>] extends [never]
    ? unknown
    : AnswerTo<R, Type> extends AsyncGenerator
      ? 'its handler answers in parts: take them with askStream'
      : AnswerTo<R, Type> extends NoReply
        ? 'it has no handler to answer: it waits to be received'
        : unknown);

/** What the parts of an answer are: what the recipient's handler yields, else its one reply. */
export type PartOf<R extends Recipient, Type extends TypeOf<R>> =
  AnswerTo<R, Type> extends AsyncGenerator<infer Part, unknown, never> ? Part : AnswerTo<R, Type>;

type PayloadField<H> = H extends { readonly '~types'?: { readonly payload: infer P } | undefined }
  ? undefined extends P
    ? { readonly payload?: P }
    : { readonly payload: P }
  : { readonly payload?: unknown };
