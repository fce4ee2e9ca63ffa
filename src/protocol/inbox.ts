/** Inbox: where messages of a bot wait that it has no code for. Its spec and what can happen. */
import { z } from 'zod';
import { Envelope } from './envelope.ts';

/** An inbox's spec. */
export const InboxSpec = z.strictObject({
  /** The id of its bot. */
  bot: z.string(),
});
export type InboxSpec = z.infer<typeof InboxSpec>;

/** What can happen to an inbox. */
export const InboxEvent = z.discriminatedUnion('type', [
  /** A message that a receiver takes; until then it waits in the mailbox. */
  z.strictObject({ type: z.literal('message'), at: z.int(), envelope: Envelope }),
]);
export type InboxEvent = z.infer<typeof InboxEvent>;
