/**
 * Posting: how a message gets from a sender into a bot's mailbox.
 *
 * What can be known to be wrong is refused before anything is staged: the shape, the payload's
 * schema, its size, a full mailbox. A message to nobody becomes a dead letter and its sender is
 * told. What is accepted is in the recipient's mailbox, durable with the commit, and ends applied
 * or in the dead letters.
 */

import type { Cell } from '../actor/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Stage } from '../engine/index.ts';
import {
  type Address,
  type Bot,
  botAddress,
  checkId,
  type Envelope,
  inboxAddress,
  isBot,
  isDefinition,
  isPulled,
  type Limits,
  type Message,
  parse,
  segmentsOf,
  type TroupeError,
  troupeError,
  type WhenFull,
} from '../protocol/index.ts';
import { checkSize } from '../runs/index.ts';
import { checkMessage, envelopeOf } from './envelopes.ts';

/** What posting needs. */
export interface PostPorts {
  readonly clock: Clock;
  readonly limits: Limits;
  /** The bot of an id; undefined when it is not registered. */
  readonly botOf: (id: string) => Bot | undefined;
  /** A message of this id that somebody waits for was dropped for a newer one. */
  readonly dropped?: (stage: Stage, id: string) => void;
  /** A message came to an inbox. */
  readonly arrived?: (inbox: Address) => void;
}

/** How much room a bot's mailbox has, and what happens when there is none. */
export interface Room {
  readonly capacity: number;
  readonly whenFull: WhenFull;
}

/** The room of a bot's mailbox: the bot's option, else the limits. */
export function roomOf({ botOf, limits }: PostPorts, { identity }: Cell): Room {
  const { capacity, whenFull = 'reject' } = botOf(identity.definition)?.mailbox ?? {};
  return { capacity: capacity ?? limits.mailboxMessages, whenFull };
}

/** Whether a mailbox takes no more messages of clients and bots. */
export const isFull = ({ mailbox }: Cell, { capacity }: Room): boolean =>
  mailbox.bounded >= capacity;

/**
 * Stages an envelope for a bot; the refusal is `MAILBOX_FULL`. When the bot says so, the oldest
 * message of the lowest priority that waits makes room.
 */
export function stageEnvelope(
  ports: PostPorts,
  stage: Stage,
  cell: Cell,
  envelope: Envelope,
): TroupeError | undefined {
  const { address: to, mailbox } = cell;
  const room = roomOf(ports, cell);
  if (isFull(cell, room)) {
    const key = room.whenFull === 'drop-oldest' ? mailbox.oldestOfLowest()?.key : undefined;
    if (key === undefined) return troupeError('MAILBOX_FULL', { to, capacity: room.capacity });
    stage.withdraw(to, key, 'mailbox-full');
    ports.dropped?.(stage, key);
  }
  const { id, priority, expiresAt = 0, expects } = envelope;
  const isKeyed = expects !== undefined || room.whenFull === 'drop-oldest';
  const event = { type: 'message', at: stage.now, envelope };
  stage.send(to, event, { priority, gated: true, expiresAt, key: isKeyed ? id : '' });
  if (cell.identity.kind === 'inbox') ports.arrived?.(to);
  return undefined;
}

/** Stages a message that a bot's turn took, and that it has no code for: it waits in the inbox. */
export function stagePassOn(ports: PostPorts, stage: Stage, bot: string, envelope: Envelope): void {
  const { id, priority, expiresAt = 0 } = envelope;
  const inbox = inboxAddress(bot);
  const event = { type: 'message', at: stage.now, envelope };
  stage.send(inbox, event, { priority, gated: true, expiresAt, key: id });
  ports.arrived?.(inbox);
}

/** A message that may be staged. */
export interface Checked {
  readonly to: Address;
  /** A copy, which nobody outside can change. */
  readonly message: Message;
}

/**
 * The id of a recipient given as a definition or an id.
 * @throws TroupeError `BAD_OPTION`, `BAD_ID`.
 */
export function recipientId(to: unknown, where = 'send'): string {
  if (typeof to === 'string') return checkId(to, 'recipient');
  if (isDefinition(to) && isBot(to)) return to.id;
  const problem = 'must be a bot or its id';
  throw troupeError('BAD_OPTION', { where, field: 'to', problem });
}

/**
 * Checks a message and its recipient.
 * @throws TroupeError `INVALID`, `NOT_JSON`, `TOO_LARGE`, `UNKNOWN_MESSAGE_TYPE`, `RESERVED_TYPE`,
 *   `BAD_DURATION`, `BAD_OPTION`, `BAD_ID`.
 */
export function checkPost(ports: PostPorts, recipient: unknown, given: unknown): Checked {
  const id = recipientId(recipient);
  const message = checkMessage(given);
  const { type } = message;
  const what = `payload of ${type}`;
  const payload = checkSize(message.payload, what, ports.limits);
  const { metadata: data } = message;
  const metadata = data && checkSize(data, `metadata of ${type}`, ports.limits);
  const bot = ports.botOf(id);
  if (bot !== undefined) checkType(bot, type, payload, what);
  // What the schema gave is a copy already; only its parts are still those of the sender.
  if (payload !== undefined) message.payload = payload;
  else if ('payload' in message) delete message.payload;
  if (isRecord(metadata)) message.metadata = metadata;
  const to = bot !== undefined && isPulled(bot, type) ? inboxAddress(id) : botAddress(id);
  return { to, message };
}

/** A checked message on its way. */
export interface Posted extends Checked {
  readonly from: Address;
  /** The message whose handler sends this one. */
  readonly causedBy?: Envelope | undefined;
  /** Its id, when the sender gave it one that never changes. */
  readonly id?: string | undefined;
  /** What the sender waits for; it can take the message back by its id. */
  readonly expects?: Envelope['expects'];
}

/**
 * Stages a checked message. The result is what refused it, undefined when it was accepted; a
 * refusal is returned, not thrown, so that the dead letter of an unknown recipient stays staged.
 */
export function stagePost(ports: PostPorts, stage: Stage, posted: Posted): unknown {
  const { to, message } = posted;
  const envelope = envelopeOf(message, { clock: ports.clock, now: stage.now, ...posted });
  const cell = stage.find(to);
  const event = { type: 'message', at: stage.now, envelope };
  if (cell === undefined) {
    stage.send(to, event);
    return troupeError('UNKNOWN_RECIPIENT', { to });
  }
  if (envelope.expiresAt !== undefined && envelope.expiresAt <= stage.now) {
    stage.bury(to, event, 'expired', '');
    return troupeError('EXPIRED', { to });
  }
  return stageEnvelope(ports, stage, cell, envelope);
}

/**
 * Checks that a bot has a handler for a message.
 * @throws TroupeError `UNKNOWN_MESSAGE_TYPE`, `INVALID`.
 */
export function checkType(bot: Bot, type: string, payload: unknown, what: string): void {
  const handler = bot.on[type];
  if (handler === undefined) {
    const known = Object.keys(bot.on);
    throw troupeError('UNKNOWN_MESSAGE_TYPE', { to: bot.id, type, known });
  }
  if (handler.payload !== undefined) parse(handler.payload, payload, what);
}

/** Checks that a message has a handler to answer it. @throws TroupeError `ASK_PULLED`. */
export function checkAnswered({ to, message: { type } }: Checked): void {
  if (to.startsWith('inbox/')) throw troupeError('ASK_PULLED', { to, type });
}

/**
 * Checks that a handler answers by one reply.
 * @throws TroupeError `ASK_PULLED`, `ASK_PARTS`.
 */
export function checkReplies({ botOf }: PostPorts, checked: Checked): void {
  checkAnswered(checked);
  const { to, message } = checked;
  const { type } = message;
  const [, id = ''] = segmentsOf(to);
  const handle = botOf(id)?.on[type]?.handle;
  if (Object.prototype.toString.call(handle) !== '[object AsyncGeneratorFunction]') return;
  throw troupeError('ASK_PARTS', { to, type });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
