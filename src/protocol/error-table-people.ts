/** Errors of people's decisions. See `error-table.ts`. */
import { entry, timeText } from './error-entry.ts';
import { limits } from './limits.ts';

/** Code, data, message, remedy. */
export const peopleErrors = {
  // People
  UNKNOWN_APPROVAL: entry<{ approval: string }>(
    404,
    (d) => `There is no approval ${shortened(d.approval)}.`,
    'Take an id that `troupe.approvals.list()` or `troupe.escalations.list()` gives.',
  ),
  NO_APPROVAL: entry<{ approval: string; open: readonly string[] }>(
    404,
    (d) => `${d.approval} is no approval; open under it: ${listed(d.open)}. Nothing was changed.`,
    'Decide one of those under it, by the path that leads there or by its id.',
  ),
  APPROVAL_NOT_OPEN: entry<{ approval: string; state: string }>(
    409,
    (d) =>
      `${d.approval} is not open: it ${d.state}; the decision is refused, nothing was changed.`,
    'Decide when it has asked: its run tells by an `approval` event, `approvals.list()` shows it.',
  ),
  APPROVAL_CLOSED: entry<{ approval: string; state: string; reason: string; at: number }>(
    409,
    (d) =>
      `${d.approval} ended ${d.state} at ${timeText(d.at)} (${d.reason}); the decision is ` +
      'refused, nothing was changed.',
    'Start its run under another id to ask again.',
  ),
  APPROVAL_EXPIRED: entry<{ approval: string; afterMs: number; at: number }>(
    410,
    (d) => `${d.approval} expired at ${timeText(d.at)}: nobody decided within ${d.afterMs} ms.`,
    'Start its run under another id to ask again, with a longer `expiresIn`.',
  ),
  ALREADY_DECIDED: entry<{
    approval: string;
    decision: 'approved' | 'rejected';
    by: string;
    at: number;
    comment?: string | undefined;
  }>(
    409,
    (d) =>
      `${d.approval} was ${d.decision} by ${d.by} at ${timeText(d.at)} (${saying(d.comment)}); ` +
      'nothing was changed.',
    'Let it be; a decision is final.',
  ),
  REJECTED: entry<{ approval: string; by: string; comment?: string | undefined }>(
    409,
    (d) => `${d.by} said no to ${d.approval} (${saying(d.comment)}).`,
    'Look at the comment; start its run under another id with that mended.',
  ),
  OTHER_PAYLOAD: entry<{ approval: string; seen: string; digest: string }>(
    409,
    (d) => `The digest ${d.seen} is not that of the payload of ${d.approval}, ${d.digest}.`,
    'Read the payload again with `approvals.get(id)`, and decide on that.',
  ),
} as const;

/** An id that somebody made up may be of any length. */
const shortened = (id: string): string =>
  id.length <= limits.idChars ? id : `${id.slice(0, limits.idChars)}…`;

const listed = (ids: readonly string[]): string => [ids].flat().join(', ') || 'none';

const saying = (comment: string | undefined): string =>
  comment === undefined || comment === '' ? 'without a comment' : comment;
