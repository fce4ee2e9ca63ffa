/** What askers write: the options of an ask, and the call as the types know it. */
import { z } from 'zod';
import {
  type Ask,
  type AskOptions,
  type AskStream,
  checkOptions,
  durationMs,
  limits,
  type Message,
  type MessageFor,
  type PartOf,
  type QuestionFor,
  type Recipient,
  type ReplyOf,
  TimeoutOption,
  type TypeOf,
} from '../../protocol/index.ts';

const AskFields = z.strictObject({
  timeout: TimeoutOption.optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
});

/** How long an asker waits. */
export interface Patience {
  readonly afterMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Checks the options of an ask. @throws TroupeError `BAD_OPTION`. */
export function checkAskOptions(given: unknown): Patience {
  const { timeout, signal } = given === undefined ? {} : checkOptions(AskFields, given, 'ask');
  return { afterMs: timeout === undefined ? limits.askMs : durationMs(timeout), signal };
}

/** The reply has the type that the recipient's definition says; only the types know it. */
export function typedAsk(
  call: (to: unknown, message: unknown, options: unknown) => Promise<unknown>,
): Ask {
  function ask<R extends Recipient, Type extends TypeOf<R>>(
    to: R,
    message: QuestionFor<R, Type>,
    options?: AskOptions,
  ): Promise<ReplyOf<R, Type>>;
  function ask(to: string, message: Message, options?: AskOptions): Promise<unknown>;
  function ask(to: unknown, message: unknown, options?: unknown): Promise<unknown> {
    return call(to, message, options);
  }
  return ask;
}

/** Likewise for parts. */
export function typedAskStream(
  call: (to: unknown, message: unknown, options: unknown) => AsyncGenerator<unknown, void>,
): AskStream {
  function askStream<R extends Recipient, Type extends TypeOf<R>>(
    to: R,
    message: MessageFor<R, Type>,
    options?: AskOptions,
  ): AsyncGenerator<PartOf<R, Type>, void, undefined>;
  function askStream(
    to: string,
    message: Message,
    options?: AskOptions,
  ): AsyncGenerator<unknown, void, undefined>;
  function askStream(to: unknown, message: unknown, options?: unknown) {
    return call(to, message, options);
  }
  return askStream;
}
