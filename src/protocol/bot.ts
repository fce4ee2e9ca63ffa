/** Bot: a named worker with slots. Its spec and what can happen to it. */
import { z } from 'zod';
import { Envelope } from './envelope.ts';
import { Failure } from './outcome.ts';

/** A bot's spec, written anew each time it is registered. */
export const BotSpec = z.strictObject({
  id: z.string(),
  name: z.string(),
  domain: z.string().nullable(),
  capabilities: z.array(z.string()),
  /** Runs and handlers at once. */
  concurrency: z.int().min(1),
});
export type BotSpec = z.infer<typeof BotSpec>;

const at = z.int();

/** What can happen to a bot. */
export const BotEvent = z.discriminatedUnion('type', [
  /** A task asks for a slot; waits in the mailbox until the bot is open. */
  z.strictObject({
    type: z.literal('slot.request'),
    at,
    /** `<address of the task>#<number>`. */
    slot: z.string(),
  }),
  z.strictObject({ type: z.literal('slot.release'), at, slot: z.string() }),
  /** A message for the bot's handlers; waits in the mailbox until the bot is open. */
  z.strictObject({ type: z.literal('message'), at, envelope: Envelope }),
  /** Its spec was written anew. */
  z.strictObject({ type: z.literal('bot.updated'), at }),
  z.strictObject({
    type: z.literal('message.handled'),
    at,
    id: z.string(),
    /** What was handed to a caller outside or to another handler. */
    reply: z.unknown().optional(),
  }),
  z.strictObject({ type: z.literal('message.failed'), at, id: z.string(), error: Failure }),
]);
export type BotEvent = z.infer<typeof BotEvent>;
