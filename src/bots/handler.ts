/** Handlers of messages: what a bot does with one type of message, and what its payload must be. */

import { z } from 'zod';
import {
  checkOptions,
  type Handler,
  type HandlerContext,
  PartsFunctionOption,
  type Schema,
  type SchemaInput,
  SchemaOption,
  type SchemaOutput,
} from '../protocol/index.ts';

/**
 * Makes a handler for `defineBot({ on: { type: handler(schema, fn) } })`. Senders are held to what
 * the schema takes; `fn` sees what it gives, and what it returns is the reply.
 * @throws TroupeError `BAD_OPTION` when the schema is no Standard Schema or `fn` no function.
 */
export function handler<S extends Schema, Reply>(
  payload: S,
  handle: (context: HandlerContext<SchemaOutput<S>>) => Reply,
): Handler<SchemaInput<S>, Awaited<Reply>>;
export function handler(
  payload: Schema,
  handle: (context: HandlerContext) => unknown,
): Handler<unknown, unknown> {
  checkOptions(HandlerOptions, { payload, handle }, 'handler');
  return Object.freeze({ payload, handle });
}

/** Whether a value was made by `handler`, by its shape. */
export const isHandler = (given: unknown): given is Handler =>
  HandlerOptions.safeParse(given).success;

const HandlerOptions = z.object({ payload: SchemaOption, handle: PartsFunctionOption });
