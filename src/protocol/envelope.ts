/**
 * The envelope: what travels between mailboxes (SPEC of the message, format version 1).
 * It serialises to JSON and back without loss.
 */
import { z } from 'zod';

/** The version of the envelope's format. */
export const envelopeVersion = 1;

/** Kinds that Troupe knows; an app adds its own typed ones beside them. */
export const messageTypes = [
  'request',
  'response',
  'discussion',
  'broadcast',
  'task',
  'result',
  'status',
  'error',
  'feedback',
  'control',
  'event',
  'handoff',
  'escalation',
] as const;

/** 0 to 10, 10 is most urgent. */
export const Priority = z.int().min(0).max(10);
export type Priority = z.infer<typeof Priority>;

/** Names for common priorities. */
export const priorities = { LOW: 2, NORMAL: 5, HIGH: 8, CRITICAL: 10 } as const;

/** A message on its way: who, to whom, what, when, and how it relates to others. */
export const Envelope = z.strictObject({
  version: z.literal(envelopeVersion),
  id: z.string().min(1),
  /** What handlers are named by; see `messageTypes` for the kinds that Troupe knows. */
  type: z.string().min(1),
  /** Address of the sender; set by the runtime. */
  from: z.string().min(1),
  /** Address of the recipient. */
  to: z.string().min(1),
  /** Absent when it was undefined. */
  payload: z.unknown().optional(),
  /** Milliseconds since 1970 when it was sent. */
  at: z.int(),
  priority: Priority,
  /** The whole exchange that this belongs to. */
  correlationId: z.string(),
  /** The message that caused this one. */
  causationId: z.string().optional(),
  conversationId: z.string().optional(),
  /** The message that this one answers. */
  responseTo: z.string().optional(),
  /** After this time (milliseconds since 1970) it goes to the dead letters. */
  expiresAt: z.int().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** What its sender waits for: the handler's return value, or its parts; absent: nothing. */
  expects: z.enum(['reply', 'parts']).optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/** What a sender writes; the runtime makes an envelope of it. */
export const Message = z.strictObject({
  type: z.string().min(1),
  payload: z.unknown().optional(),
  priority: Priority.optional(),
  correlationId: z.string().min(1).optional(),
  conversationId: z.string().min(1).optional(),
  responseTo: z.string().min(1).optional(),
  expiresIn: z.union([z.number(), z.string()]).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type Message = z.infer<typeof Message>;

/** Why a message could not be delivered. */
export const DeadReason = z.enum([
  'unknown-recipient',
  'expired',
  'mailbox-full',
  'poison',
  'stopped',
  'withdrawn',
  'failed',
  'looping',
]);
export type DeadReason = z.infer<typeof DeadReason>;
