/** Errors of messages, and of the life of a troupe. See `error-table.ts`. */
import { entry } from './error-entry.ts';
import type { Failure } from './outcome.ts';

/** Code, data, message, remedy. */
export const messageErrors = {
  // Messages
  UNKNOWN_RECIPIENT: entry<{ to: string }>(
    404,
    (d) => `There is no ${d.to}; nobody got the message.`,
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
    (d) => `The message to ${d.to} expired before it was taken.`,
    'Give it more time with `expiresIn`.',
  ),
  // Asks
  ASK_TIMEOUT: entry<{ to: string; type: string; afterMs: number }>(
    504,
    (d) => `${d.to} did not answer ${d.type} within ${d.afterMs} ms; nobody waits for it any more.`,
    'Give it more time with `timeout`; a reply that still comes is a dead letter.',
    true,
  ),
  ASK_CANCELLED: entry<{ to: string; type: string }>(
    499,
    (d) => `Waiting for the answer of ${d.to} to ${d.type} was ended by whoever asked.`,
    'Ask again when you need it; a reply that still comes is a dead letter.',
    true,
  ),
  ASK_DROPPED: entry<{ to: string; type: string }>(
    429,
    (d) => `${d.type} to ${d.to} was dropped before it was handled: for newer ones, or by a clear.`,
    'Ask again after a pause, or give the bot a larger mailbox.',
    true,
  ),
  ASK_DEADLOCK: entry<{ cycle: readonly string[] }>(
    409,
    (d) => `Nobody would ever answer: ${d.cycle.join(' waits for ')}, and no slot is free.`,
    'Use `send` and let the answer come as a message, or give a bot of the circle more slots.',
  ),
  ASK_PULLED: entry<{ to: string; type: string }>(
    400,
    (d) => `${d.to} has no handler for ${d.type}: who takes the message gives no reply.`,
    'Use `send`, with a `responseTo` for the answer; or give the type a function in `handler`.',
  ),
  ASK_PARTS: entry<{ to: string; type: string }>(
    400,
    (d) => `The handler of ${d.type} of ${d.to} answers in parts, not by one reply.`,
    'Take its parts with troupe.askStream, or let it be a function that returns the reply.',
  ),
  HANDLER_FAILED: entry<{ to: string; type: string; failure: Failure }>(
    502,
    (d) => `The handler of ${d.type} of ${d.to} failed: [${d.failure.code}] ${d.failure.message}`,
    "The data's failure holds the chain of its causes; the message is in the dead letters.",
  ),
  // Inboxes
  UNKNOWN_BOT: entry<{ bot: string }>(
    404,
    (d) => `There is no bot ${d.bot}.`,
    'Register the bot first, or correct the id.',
  ),
  NO_INBOX: entry<{ bot: string }>(
    409,
    (d) => `The bot ${d.bot} has code for all its message types: there is nothing to receive.`,
    'Declare the types that are to be received with `handler(schema)`, without a function.',
  ),
  // Dead letters
  UNKNOWN_LETTER: entry<{ letter: number }>(
    404,
    (d) => `There is no dead letter ${d.letter}.`,
    'List the dead letters; without a journal file only the newest are kept.',
  ),
  LETTER_SETTLED: entry<{ letter: number; fate: string }>(
    409,
    (d) => `Dead letter ${d.letter} was ${d.fate} before; nothing was changed.`,
    'Send a new message when it is needed once more.',
  ),
  LETTER_UNDELIVERABLE: entry<{ letter: number; to: string; type: string }>(
    422,
    (d) => `Dead letter ${d.letter}, ${d.type} to ${d.to}, can't be delivered again.`,
    "Only messages to bots and a user's events for the machine of a run can; discard it when seen.",
  ),
  // Life of a troupe
  STOPPED: entry<{ state: string; call: string }>(
    503,
    (d) => `The troupe is ${d.state}; ${d.call} is refused.`,
    'Create a new troupe on the same journal.',
  ),
} as const;
