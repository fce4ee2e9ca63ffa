/**
 * Report of a handoff: what users see of it, and the id under which they name it.
 */
import type { HandoffContext } from '../../../machines/index.ts';
import {
  asAddress,
  type HandoffReason,
  type HandoffStatus,
  runIdOf,
} from '../../protocol/index.ts';

/** One handoff, as it is now. */
export interface HandoffReport {
  /** Names it among all handoffs: the id of its run and a number. */
  readonly id: string;
  readonly runId: string;
  readonly status: HandoffStatus;
  /** Ids of the bots. */
  readonly from: string;
  readonly to: string;
  readonly reason: HandoffReason;
  readonly context?: unknown;
  readonly state?: unknown;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly endedAt?: number | undefined;
  /** Who accepted or declined it. */
  readonly by?: string | undefined;
  /** Why it was declined or withdrawn. */
  readonly note?: string | undefined;
}

const prefix = 'handoff/';

/** The id of a handoff in its address. */
export const handoffIdOf = (address: string): string => address.slice(prefix.length);

/** The address of the handoff of an id. */
export const handoffAddress = (id: string) => asAddress(`${prefix}${id}`);

/** A handoff as it is; a copy that changes nothing. */
export function reportOf(
  { spec, by, note, endedAt }: HandoffContext,
  status: HandoffStatus,
): HandoffReport {
  return structuredClone({
    id: handoffIdOf(spec.handoff),
    runId: runIdOf(asAddress(spec.run)),
    status,
    from: spec.from,
    to: spec.to,
    reason: spec.reason,
    context: spec.context,
    state: spec.state,
    requestedAt: spec.requestedAt,
    expiresAt: spec.requestedAt + spec.timeoutMs,
    endedAt,
    by,
    note,
  });
}
