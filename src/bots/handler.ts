/**
 * Handlers of messages: what a bot does with one type of message, and what its payload must be.
 * Without code its messages wait until somebody takes them: they are pulled.
 */

import { z } from 'zod';
import {
  checkOptions,
  type Handler,
  type HandlerContext,
  type NoReply,
  PartsFunctionOption,
  type Schema,
  type SchemaInput,
  SchemaOption,
  type SchemaOutput,
} from '../protocol/index.ts';

/**
 * Makes a handler for `defineBot({ on: { type: handler(schema, fn) } })`. Senders are held to what
 * the schema takes; `fn` sees what it gives, and what it returns is the reply.
 *
 * Without `fn` the type is pulled: its messages wait until `troupe.inbox(bot).receive()` takes
 * them, and nobody can ask for a reply.
 * @throws TroupeError `BAD_OPTION` when the schema is no Standard Schema or `fn` no function.
 */
export function handler<S extends Schema, Reply>(
  payload: S,
  handle: (context: HandlerContext<SchemaOutput<S>>) => Reply,
): Handler<SchemaInput<S>, Awaited<Reply>>;
export function handler<S extends Schema>(payload: S): Handler<SchemaInput<S>, NoReply>;
export function handler(
  ...given: [payload: Schema, handle?: (context: HandlerContext) => unknown]
): Handler<unknown, unknown> {
  const [payload, handle] = given;
  // A function that is undefined by mistake is not left out.
  if (given.length < 2) checkOptions(PulledOptions, { payload }, 'handler');
  else checkOptions(HandlerOptions, { payload, handle }, 'handler');
  return Object.freeze(handle === undefined ? { payload } : { payload, handle });
}

/** Whether a value was made by `handler`, by its shape. */
export const isHandler = (given: unknown): given is Handler =>
  PulledOptions.safeParse(given).success;

const HandlerOptions = z.object({ payload: SchemaOption, handle: PartsFunctionOption });
const PulledOptions = HandlerOptions.partial({ handle: true });
