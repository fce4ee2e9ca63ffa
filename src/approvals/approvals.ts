/** `troupe.approvals`: what people are asked, and what they say. */
import { z } from 'zod';
import type { ActorRecord } from '../journal/index.ts';
import {
  type Address,
  checkOptions,
  type Decision,
  runIdOf,
  TextOption,
} from '../protocol/index.ts';
import { addressOfRun } from '../runs/index.ts';
import { type DecidingPorts, decide } from './deciding.ts';
import { escalation } from './escalation.ts';
import { addressOfApproval, approvalOfId } from './places.ts';
import { type ApprovalReport, type ApprovalStatus, reportOf } from './report.ts';

const statuses = ['PENDING', 'OPEN', 'DECIDED', 'EXPIRED', 'CANCELLED', 'FAILED'] as const;

const ListOptions = z.strictObject({
  status: z.enum(statuses, `must be ${statuses.join(', ')}`).optional(),
  definition: TextOption.optional(),
  run: z.unknown().optional(),
});

/** Which approvals to give. */
export interface ApprovalFilter {
  /** Default: all. */
  readonly status?: ApprovalStatus | undefined;
  /** The id of their definition (default: all but escalations). */
  readonly definition?: string | undefined;
  /** A run, or its id: its own approval, and all below it. */
  readonly run?: string | { readonly runId: string } | undefined;
}

/** The approvals of a troupe. */
export interface Approvals {
  /**
   * In the order in which they were started. Escalations are listed by `troupe.escalations`.
   * @throws TroupeError `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`.
   */
  list(filter?: ApprovalFilter): Promise<ApprovalReport[]>;
  /** The approval of an id; undefined when there is none. @throws TroupeError as `list`. */
  get(id: string): Promise<ApprovalReport | undefined>;
  /**
   * Decides an approval; resolves when that is durable. What is accepted is done; what is refused
   * changes nothing.
   * @throws TroupeError `APPROVAL_NOT_OPEN` before the person is asked; `ALREADY_DECIDED`,
   *   `APPROVAL_EXPIRED` and `APPROVAL_CLOSED` when it has ended, with what happened;
   *   `NO_APPROVAL` for what is none, with the questions under it; `OTHER_PAYLOAD` when the digest
   *   is not that of its payload; `INVALID`, `NOT_JSON`, `TOO_LARGE`, `SCHEMA_ASYNC` for an answer;
   *   `UNKNOWN_APPROVAL`, `BAD_OPTION`, `PARKED`, `STOPPED`, `JOURNAL_FAILED`.
   */
  decide(id: string, decision: Decision): Promise<void>;
  /** The same with a decision that came from outside, such as the body of a request. */
  decide(id: string, decision: unknown): Promise<void>;
}

/** The approvals of a host. */
export function approvalsOf(ports: DecidingPorts): Approvals {
  const { host } = ports;
  return {
    list: async (filter) => {
      const options = checkOptions(ListOptions, filter ?? {}, 'approvals.list');
      const { status, definition } = options;
      const isLive = status === 'OPEN' || status === 'PENDING';
      const done = status === undefined ? undefined : !isLive;
      const records = await host.enter('approvals.list', () => {
        const all = host.journal.actors({ kind: 'approval', definition, done });
        if (options.run === undefined) return all;
        return all.filter(isBelow(addressOfRun(options.run, host)));
      });
      const isWanted = (report: ApprovalReport): boolean =>
        (status === undefined || report.status === status) &&
        (definition !== undefined || report.definition !== escalation.id);
      return records.map(reportOf).filter(isWanted);
    },
    get: async (id) => {
      const record = await recordOf(ports, 'approvals.get', id);
      return record === undefined ? undefined : reportOf(record);
    },
    decide: (id: string, decision: unknown) =>
      decide(ports, (stage) => approvalOfId(stage, id), decision),
  };
}

/** The record of the approval of an id. */
export async function recordOf(
  { host }: DecidingPorts,
  call: string,
  id: unknown,
): Promise<ActorRecord | undefined> {
  const record = await host.enter(call, () => host.journal.byAddress(addressOfApproval(host, id)));
  return record?.kind === 'approval' ? record : undefined;
}

const isBelow =
  (run: Address) =>
  ({ address }: ActorRecord): boolean =>
    address === run || runIdOf(address).startsWith(`${runIdOf(run)}/`);
