/** `troupe.escalations`: what is handed to people who can do what bots can't. */
import { z } from 'zod';
import type { ActorRecord } from '../journal/index.ts';
import {
  checkOptions,
  Decision,
  type Duration,
  type Json,
  runIdOf,
  troupeError,
} from '../protocol/index.ts';
import type { Run, RunOptions } from '../runs/index.ts';
import { recordOf } from './approvals.ts';
import { type DecidingPorts, decide } from './deciding.ts';
import { EscalationInput, escalation, Severity } from './escalation.ts';
import { approvalOfId } from './places.ts';
import { type ApprovalReport, reportOf } from './report.ts';

const statuses = ['OPEN', 'RESOLVED', 'EXPIRED', 'CANCELLED', 'FAILED'] as const;

const ListOptions = z.strictObject({
  status: z.enum(statuses, `must be ${statuses.join(', ')}`).optional(),
  severity: Severity.optional(),
});

const Resolution = z.strictObject({
  answer: z.custom<unknown>((given) => given !== undefined, 'must be given'),
  ...Decision.pick({ by: true, comment: true, digest: true }).shape,
});

/** An escalation as it is now. */
export interface EscalationReport
  extends Omit<ApprovalReport, 'status' | 'decision' | 'payload' | 'takesAnswer'> {
  /** `OPEN` also while the person is not asked yet. */
  readonly status: (typeof statuses)[number];
  readonly severity: Severity;
  readonly issue: string;
  readonly context?: unknown;
  readonly attempted: readonly string[];
  readonly resolution?:
    | {
        readonly answer: Json;
        readonly by: string;
        readonly at: number;
        readonly comment?: string | undefined;
      }
    | undefined;
}

/** Which escalations to give. */
export interface EscalationFilter {
  /** Default: all. */
  readonly status?: EscalationReport['status'] | undefined;
  readonly severity?: Severity | undefined;
}

/** What a person answers. */
export interface EscalationResolution {
  /** JSON: the result of the escalation's run, and of the step that it is. */
  readonly answer: unknown;
  readonly by: string;
  readonly comment?: string | undefined;
  /** Of what was seen; refused when it is not the escalation's. */
  readonly digest?: string | undefined;
}

/** Options of an escalation that is opened. */
export interface EscalationOptions {
  /** The same id is the same escalation (default: a new one for each call). */
  readonly id?: string | undefined;
  /** Time between two reminders (default: none). */
  readonly remindEvery?: Duration | undefined;
  /** How long it waits until it fails, `APPROVAL_EXPIRED` (default: for ever). */
  readonly expiresIn?: Duration | undefined;
}

/** The escalations of a troupe: opened by calls, and by steps that run `escalation`. */
export interface Escalations {
  /**
   * Opens an escalation; resolves when that is durable. The run's result is the person's answer.
   * @throws TroupeError as `troupe.start`.
   */
  open(escalation: EscalationInput, options?: EscalationOptions): Promise<Run<Json>>;
  /** In the order in which they were opened. @throws TroupeError as `approvals.list`. */
  list(filter?: EscalationFilter): Promise<EscalationReport[]>;
  /** The escalation of an id; undefined when there is none. @throws TroupeError as `list`. */
  get(id: string): Promise<EscalationReport | undefined>;
  /** Answers an escalation; resolves when that is durable. @throws TroupeError as `decide`. */
  resolve(id: string, resolution: EscalationResolution): Promise<void>;
}

/** What escalations need of the floors around them. */
export interface EscalationPorts extends DecidingPorts {
  readonly start: (input: EscalationInput, options: RunOptions) => Promise<Run<Json>>;
}

/** The escalations of a host. */
export function escalationsOf(ports: EscalationPorts): Escalations {
  const { host } = ports;
  return {
    open: (input, options = {}) => ports.start(input, options),
    list: async (filter) => {
      const { status, severity } = checkOptions(ListOptions, filter ?? {}, 'escalations.list');
      const done = status === undefined ? undefined : status !== 'OPEN';
      const records = await host.enter('escalations.list', () =>
        host.journal.actors({ kind: 'approval', definition: escalation.id, done }),
      );
      const reports = records.map(escalationIn);
      return reports
        .filter((report) => status === undefined || report.status === status)
        .filter((report) => severity === undefined || report.severity === severity);
    },
    get: async (id) => {
      const record = await recordOf(ports, 'escalations.get', id);
      return record?.definition === escalation.id ? escalationIn(record) : undefined;
    },
    resolve: async (id, resolution) => {
      const said = checkOptions(Resolution, resolution ?? {}, 'escalations.resolve');
      await decide(
        ports,
        (stage) => {
          const address = approvalOfId(stage, id);
          if (stage.find(address)?.identity.definition === escalation.id) return address;
          throw troupeError('UNKNOWN_APPROVAL', { approval: runIdOf(address) });
        },
        { ...said, approve: true },
      );
    },
  };
}

function escalationIn(record: ActorRecord): EscalationReport {
  const { status, decision, payload, takesAnswer: _, ...facts } = reportOf(record);
  const { severity, issue, context, attempted = [] } = EscalationInput.parse(payload);
  const resolution = decision && {
    ...decision,
    approve: undefined,
    answer: decision.answer ?? null,
  };
  const told: EscalationReport = {
    ...facts,
    status: statusNames[status],
    severity,
    issue,
    context,
    attempted,
    resolution,
  };
  return JSON.parse(JSON.stringify(told));
}

const statusNames = {
  PENDING: 'OPEN',
  OPEN: 'OPEN',
  DECIDED: 'RESOLVED',
  EXPIRED: 'EXPIRED',
  CANCELLED: 'CANCELLED',
  FAILED: 'FAILED',
} as const;
