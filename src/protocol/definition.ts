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
  readonly kind: 'bot' | 'task' | 'workflow' | 'machine';
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
export type InputOf<W> = W extends AnyStateMachine
  ? InputFrom<W>
  : W extends Definition<infer In, unknown>
    ? In
    : never;

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
