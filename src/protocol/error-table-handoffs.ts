/** Errors of handoffs. See `error-table.ts`. */
import { entry, timeText } from './error-entry.ts';

/** Code, data, message, remedy. */
export const handoffErrors = {
  // Handoffs
  UNKNOWN_HANDOFF: entry<{ handoff: string }>(
    404,
    (d) => `There is no handoff ${d.handoff}.`,
    'Take an id that `troupe.handoffs.list()` gives.',
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
    at: number;
  }>(
    409,
    (d) =>
      `Handoff ${d.handoff} is ${d.status} since ${timeText(d.at)}, by ${d.by ?? 'nobody'} ` +
      `(${d.note ?? 'without a word'}); nothing was changed.`,
    'Let it be; ask anew with `troupe.handoffs.request` if need be.',
  ),
  HANDOFFS_EXHAUSTED: entry<{ run: string; handoffs: number }>(
    409,
    (d) => `${d.run} was handed on ${d.handoffs} times, as often as a run may be; it stays.`,
    'Finish or fail the work where it is; bots that hand a run to and fro never end.',
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
