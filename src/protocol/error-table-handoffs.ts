/** Errors of handoffs. See `error-table.ts`. */
import { entry } from './error-entry.ts';

/** Code, data, message, remedy. */
export const handoffErrors = {
  // Handoffs
  UNKNOWN_HANDOFF: entry<{ handoff: string }>(
    404,
    (d) => `There is no handoff ${d.handoff}.`,
    '`troupe.handoffs.list()` gives the ids.',
  ),
  HANDOFF_OPEN: entry<{ run: string; handoff: string; to: string }>(
    409,
    (d) => `${d.run} waits for ${d.to} already, by handoff ${d.handoff}; nothing was changed.`,
    'Decline that one first, or wait until it is answered.',
  ),
  HANDOFF_DECIDED: entry<{
    handoff: string;
    status: string;
    by?: string | undefined;
    note?: string | undefined;
    at?: number | undefined;
  }>(
    409,
    (d) => `Handoff ${d.handoff} is ${d.status} already; nothing was changed.`,
    'Its data tell by whom and why; ask anew with `troupe.handoffs.request` if need be.',
  ),
  HANDOFF_DECLINED: entry<{ run: string; to: string; by: string; note: string }>(
    409,
    (d) => `${d.by} did not take ${d.run} over to ${d.to}: ${d.note}`,
    'Go on with the work where it is, or hand it to another bot.',
  ),
  HANDOFF_EXPIRED: entry<{ run: string; to: string; afterMs: number }>(
    504,
    (d) => `Nobody took ${d.run} over to ${d.to} within ${d.afterMs} ms.`,
    'Go on with the work where it is, or hand it to another bot.',
  ),
} as const;
