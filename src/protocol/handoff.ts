/**
 * Handoff: a task moves from one bot to another. Its spec and what can happen to it.
 *
 * What the work of a bot records after the n-th handoff of its run has `~h<n>` behind its name, so
 * that it is never taken for what a bot before it recorded under the same name.
 */
import { z } from 'zod';
import type { Recipient } from './definition.ts';
import type { Duration } from './duration.ts';

/** Why a bot hands a task on; `own` is a reason in the app's own words. */
export const HandoffReason = z.union(
  [
    z.enum(['needs-specialist', 'overloaded', 'blocked', 'out-of-scope']),
    z.strictObject({ own: z.string('must be a text').min(1, 'must not be empty') }),
  ],
  'must be needs-specialist, overloaded, blocked, out-of-scope or { own: text }',
);
export type HandoffReason = z.infer<typeof HandoffReason>;

/** Where a handoff is. WITHDRAWN: the task ended meanwhile, or its bot declined it. */
export const HandoffStatus = z.enum(
  ['OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN'],
  'must be OPEN, ACCEPTED, DECLINED, EXPIRED or WITHDRAWN',
);
export type HandoffStatus = z.infer<typeof HandoffStatus>;

/** What a handoff is about. */
export const HandoffSpec = z.strictObject({
  /** Its own address. */
  handoff: z.string(),
  /** The address of the run. */
  run: z.string(),
  /** Ids of the bots. */
  from: z.string(),
  to: z.string(),
  reason: HandoffReason,
  /** What the one who takes it should know; as given. */
  context: z.unknown().optional(),
  /** How far the work is; as given. */
  state: z.unknown().optional(),
  /** The name under which work waits for the answer; null: no work does. */
  step: z.string().nullable(),
  /** Milliseconds since 1970. */
  requestedAt: z.int(),
  timeoutMs: z.number().min(0),
});
export type HandoffSpec = z.infer<typeof HandoffSpec>;

const at = z.int();

/** What can happen to it. */
export const HandoffEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('handoff.accept'), at, by: z.string() }),
  z.strictObject({ type: z.literal('handoff.decline'), at, by: z.string(), note: z.string() }),
  z.strictObject({ type: z.literal('handoff.withdraw'), at, note: z.string() }),
]);
export type HandoffEvent = z.infer<typeof HandoffEvent>;

const ofTask = { at, handoff: z.string(), from: z.string(), to: z.string(), reason: HandoffReason };

/** What a task learns of its handoffs. */
export const HandoffTaskEvents = {
  /** `step`: its work waits for the answer under this name. */
  requested: z.strictObject({
    type: z.literal('handoff.requested'),
    ...ofTask,
    step: z.string().nullable(),
  }),
  /** Nobody took it: it stays where it is. */
  closed: z.strictObject({
    type: z.literal('handoff.closed'),
    ...ofTask,
    step: z.string().nullable(),
    answer: z.strictObject({
      status: z.enum(['DECLINED', 'EXPIRED']),
      by: z.string().optional(),
      note: z.string().optional(),
    }),
  }),
  /** The fields of the event that moves it; how the new bot is driven comes in addition. */
  accepted: { type: z.literal('handoff.accepted'), ...ofTask },
} as const;

/** The name, after a number of handoffs, of what work names so. */
export const nameAfter = (handoffs: number, name: string): string =>
  handoffs === 0 ? name : `${name}~h${handoffs}`;

/** After how many handoffs something of this name was begun. */
export const handoffsBefore = (name: string): number => Number(/~h(\d+)$/.exec(name)?.[1] ?? 0);

/** A name as the work gave it. */
export const nameInWork = (name: string): string => name.replace(/~h\d+$/, '');

/** What a bot hands on, and to whom. */
export interface HandoffOptions {
  /** The bot that is to take it, or its id. */
  readonly to: Recipient | string;
  readonly reason: HandoffReason;
  /** What the one who takes it should know; JSON. */
  readonly context?: unknown;
  /** How far the work is; JSON. */
  readonly state?: unknown;
  /** How long until `HANDOFF_EXPIRED` (default one day). */
  readonly timeout?: Duration | undefined;
}

/** What a bot sees of a task that it may take. */
export interface HandoffRequest {
  /** Names the handoff. */
  readonly id: string;
  readonly runId: string;
  readonly from: string;
  readonly to: string;
  readonly reason: HandoffReason;
  readonly context: unknown;
  readonly state: unknown;
  /** The run's input, as given. */
  readonly input: unknown;
  readonly priority: number;
  readonly title?: string | undefined;
}

/**
 * How a bot answers when it is asked to take a task: it takes it, somebody is asked who decides by
 * `troupe.handoffs`, or the function says yes or no at once (pure); what it gives is checked.
 */
export type HandoffPolicy = 'accept' | 'ask' | ((request: HandoffRequest) => unknown);

/** What a bot was told when it took a run over, and what was done before. */
export interface TakenOver {
  /** 1 for the first handoff of the run. */
  readonly number: number;
  /** The id of the bot that had it. */
  readonly from: string;
  readonly reason: HandoffReason;
  readonly context: unknown;
  readonly state: unknown;
  /** Results of the steps recorded by the bots before, by name; the newest of each name. */
  readonly steps: Readonly<Record<string, unknown>>;
}
