/** Incident: what nobody below could deal with. Its spec and what can happen to it. */
import { z } from 'zod';

/** What an incident is about. */
export const IncidentSpec = z.strictObject({
  /** The address of the actor. */
  about: z.string(),
  /** A code of the table of errors. */
  code: z.string(),
  /** What happened first. */
  message: z.string(),
  /** Milliseconds since 1970. */
  openedAt: z.int(),
});
export type IncidentSpec = z.infer<typeof IncidentSpec>;

const at = z.int();

/** What can happen to it. */
export const IncidentEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('incident.again'), at, message: z.string() }),
  z.strictObject({ type: z.literal('incident.close'), at, by: z.string() }),
]);
export type IncidentEvent = z.infer<typeof IncidentEvent>;
