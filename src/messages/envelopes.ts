/** Envelopes: made by the runtime of what a sender writes. */
import type { Clock } from '../clock/index.ts';
import {
  type Address,
  durationMs,
  type Envelope,
  envelopeVersion,
  Message,
  parse,
  priorities,
  troupeError,
} from '../protocol/index.ts';

/** What the runtime knows when it makes an envelope. */
export interface Posting {
  readonly clock: Clock;
  readonly now: number;
  readonly from: Address;
  readonly to: Address;
  /** The message whose handler sends this one, in the same exchange unless it says else. */
  readonly causedBy?: Envelope | undefined;
  /** Its id, when the sender gave it one that never changes. */
  readonly id?: string | undefined;
  /** What the sender waits for. */
  readonly expects?: Envelope['expects'];
}

/**
 * Checks what a sender wrote.
 * @throws TroupeError `INVALID`, `RESERVED_TYPE`, `BAD_DURATION`.
 */
export function checkMessage(given: unknown): Message {
  const message = parse(Message, given, 'message');
  const { type } = message;
  if (type.startsWith('xstate.')) throw troupeError('RESERVED_TYPE', { type });
  if (message.expiresIn !== undefined) durationMs(message.expiresIn);
  return message;
}

/** The envelope of a checked message. Fields that the sender left out are left out. */
export function envelopeOf(message: Message, posting: Posting): Envelope {
  const id = posting.id ?? posting.clock.id();
  const { payload, conversationId, responseTo, expiresIn, metadata } = message;
  const { causedBy, expects, now } = posting;
  const envelope: Envelope = {
    version: envelopeVersion,
    id,
    type: message.type,
    from: posting.from,
    to: posting.to,
    at: now,
    priority: message.priority ?? priorities.NORMAL,
    correlationId: message.correlationId ?? causedBy?.correlationId ?? id,
  };
  if (payload !== undefined) envelope.payload = payload;
  if (causedBy !== undefined) envelope.causationId = causedBy.id;
  if (conversationId !== undefined) envelope.conversationId = conversationId;
  if (responseTo !== undefined) envelope.responseTo = responseTo;
  if (expiresIn !== undefined) envelope.expiresAt = now + durationMs(expiresIn);
  if (metadata !== undefined) envelope.metadata = metadata;
  if (expects !== undefined) envelope.expects = expects;
  return envelope;
}

/** The envelope of a reply: it answers a message, in the same exchange and as urgent. */
export function replyEnvelope(
  asked: Envelope,
  payload: unknown,
  { clock, now }: Pick<Posting, 'clock' | 'now'>,
): Envelope {
  return {
    version: envelopeVersion,
    id: clock.id(),
    type: 'response',
    from: asked.to,
    to: asked.from,
    at: now,
    priority: asked.priority,
    correlationId: asked.correlationId,
    causationId: asked.id,
    responseTo: asked.id,
    ...(asked.conversationId === undefined ? {} : { conversationId: asked.conversationId }),
    ...(payload === undefined ? {} : { payload }),
  };
}
