/** Errors of messages, and of the life of a troupe. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const messageErrors = {
  // Messages
  UNKNOWN_RECIPIENT: entry<{ to: string }>(
    404,
    (d) => `There is no ${d.to}; the message went to the dead letters.`,
    'Register the bot first, or correct the id.',
  ),
  UNKNOWN_MESSAGE_TYPE: entry<{ to: string; type: string; known: readonly string[] }>(
    400,
    (d) => `${d.to} has no handler for ${d.type} (handlers: ${d.known.join(', ') || 'none'}).`,
    'Correct the type, or add a handler under `on`.',
  ),
  RESERVED_TYPE: entry<{ type: string }>(
    400,
    (d) => `Messages of type ${d.type} can't be sent from outside: the name is reserved.`,
    'Use a type that does not start with `xstate.`.',
  ),
  MAILBOX_FULL: entry<{ to: string; capacity: number }>(
    429,
    (d) => `The mailbox of ${d.to} is full (${d.capacity}); the message was not accepted.`,
    'Send again after a pause, or raise limits.mailboxMessages.',
    true,
  ),
  EXPIRED: entry<{ to: string }>(
    410,
    (d) => `The message to ${d.to} had expired before it was accepted.`,
    'Give it more time with `expiresIn`.',
  ),
  // Life of a troupe
  STOPPED: entry<{ state: string; call: string }>(
    503,
    (d) => `The troupe is ${d.state}; ${d.call} is refused.`,
    'Create a new troupe on the same journal.',
  ),
} as const;
