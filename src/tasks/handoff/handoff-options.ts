/** What callers say of handoffs, as it is checked. */
import { z } from 'zod';
import {
  checkId,
  checkOptions,
  limits as defaults,
  durationMs,
  HandoffReason,
  HandoffStatus,
  isBot,
  isDefinition,
  type Json,
  type Limits,
  PersonOption,
  ReasonOption,
  TimeoutOption,
  troupeError,
} from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';

const isShort = (reason: HandoffReason): boolean =>
  typeof reason === 'string' || reason.own.length <= defaults.commentChars;

const RequestFields = z.strictObject({
  to: z.unknown(),
  reason: HandoffReason.refine(isShort, {
    path: ['own'],
    message: `must have at most ${defaults.commentChars} characters`,
  }),
  context: z.unknown().optional(),
  state: z.unknown().optional(),
  timeout: TimeoutOption.optional(),
});

/** A handoff that somebody wants, checked; a copy that nobody outside can change. */
export interface Wanted {
  /** The id of the bot. */
  readonly to: string;
  readonly reason: HandoffReason;
  readonly context?: Json;
  readonly state?: Json;
  readonly timeoutMs: number;
}

/**
 * Checks what is handed on, and to whom.
 * @throws TroupeError `BAD_OPTION`, `BAD_ID`, `NOT_JSON`, `TOO_LARGE`.
 */
export function checkWanted(given: unknown, where: string, limits: Limits): Wanted {
  const { to, reason, context, state, timeout } = checkOptions(RequestFields, given, where);
  const about = checkSize(context, `context of the ${where}`, limits);
  const work = checkSize(state, `state of the ${where}`, limits);
  return {
    to: botId(to, where),
    reason,
    ...(about === undefined ? {} : { context: about }),
    ...(work === undefined ? {} : { state: work }),
    timeoutMs: timeout === undefined ? defaults.handoffMs : durationMs(timeout),
  };
}

function botId(to: unknown, where: string): string {
  if (typeof to === 'string') return checkId(to, `bot of the ${where}`);
  if (isDefinition(to) && isBot(to)) return to.id;
  throw troupeError('BAD_OPTION', { where, field: 'to', problem: 'must be a bot or its id' });
}

/** Options of `troupe.handoffs.accept`. */
export const HandoffAcceptOptions = z.strictObject({
  /** Who accepts (default: the bot that is asked). */
  by: PersonOption.optional(),
});
export type HandoffAcceptOptions = z.infer<typeof HandoffAcceptOptions>;

/** Options of `troupe.handoffs.decline`. */
export const HandoffDeclineOptions = z.strictObject({
  /** Why; the one who asked is told. */
  reason: ReasonOption,
  /** Who declines (default: the bot that is asked). */
  by: PersonOption.optional(),
});
export type HandoffDeclineOptions = z.infer<typeof HandoffDeclineOptions>;

/** What `troupe.handoffs.list` may be asked for. */
export const FilterFields = z.strictObject({
  status: HandoffStatus.optional(),
  to: z.unknown().optional(),
  run: z.unknown().optional(),
});

/** The id of a bot that a filter names; undefined: any. */
export const botIn = (to: unknown, where: string): string | undefined =>
  to === undefined ? undefined : botId(to, where);
