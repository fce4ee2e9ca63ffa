/** System: the running team. Its spec and what can happen to it. */
import { z } from 'zod';

/** The system's spec. */
export const SystemSpec = z.strictObject({
  workspace: z.string(),
  startedAt: z.int(),
  /** A fingerprint of the definitions: as long as it stays, no live record need be judged anew. */
  definitions: z.string().optional(),
});
export type SystemSpec = z.infer<typeof SystemSpec>;

const at = z.int();

/** What can happen to the system. */
export const SystemEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('system.recovered'),
    at,
    /** Live runs with something to do that were brought back at once, and those parked. */
    live: z.int(),
    parked: z.int(),
  }),
  z.strictObject({ type: z.literal('system.drain'), at }),
  z.strictObject({ type: z.literal('system.drained'), at }),
]);
export type SystemEvent = z.infer<typeof SystemEvent>;
