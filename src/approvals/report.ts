/** Report: an approval as people see it, read from its record. */
import { type ApprovalContext, type Decided, expiresAt } from '../../machines/index.ts';
import type { ActorRecord } from '../journal/index.ts';
import { type ApprovalSpec, asAddress, type Json, runIdOf, stepOfRun } from '../protocol/index.ts';

/** Where an approval is. */
export type ApprovalStatus = 'PENDING' | 'OPEN' | 'DECIDED' | 'EXPIRED' | 'CANCELLED' | 'FAILED';

/** An approval as it is now. */
export interface ApprovalReport {
  /** Names it among all approvals; it is the id of its run. */
  readonly id: string;
  readonly definition: string;
  readonly version: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /**
   * `PENDING`: the person is not asked yet. `OPEN`: it waits for them. `FAILED`: a run that it
   * waited for did not complete.
   */
  readonly status: ApprovalStatus;
  /** It is paused, by itself or with the run above: its times stand still, it can be decided. */
  readonly paused: boolean;
  /** Why it is parked and takes no decision; undefined when it is not. */
  readonly parked?: string | undefined;
  /** The id of the run that it is a step of, and its name there. */
  readonly run?: string | undefined;
  readonly step?: string | undefined;
  readonly priority: number;
  /** What will be acted on after a yes: the input after its schema. */
  readonly payload?: Json | undefined;
  /** SHA-256 of the payload's canonical JSON text, in hexadecimal. */
  readonly digest: string;
  /** A yes brings an answer. */
  readonly takesAnswer: boolean;
  /** When the person was asked; milliseconds since 1970, as all times. */
  readonly requestedAt?: number | undefined;
  /** When it fails without a decision; undefined: never, or its times stand still. */
  readonly expiresAt?: number | undefined;
  /** When it should be decided, as its run was started with. */
  readonly dueAt?: number | undefined;
  /** Reminders so far. */
  readonly reminders: number;
  readonly decision?: (Decided & { readonly answer?: Json | undefined }) | undefined;
  readonly endedAt?: number | undefined;
}

/** What an approval's record says. */
export function reportOf({ address, input, snapshot, parked, done }: ActorRecord): ApprovalReport {
  const spec: ApprovalSpec = JSON.parse(input);
  const { context: own }: { context: Omit<ApprovalContext, 'spec'> } = JSON.parse(snapshot);
  const context: ApprovalContext = { ...own, spec };
  const { startedAt, completedAt, reminders = 0, isPaused, isPausedAbove } = context;
  const facts: ApprovalReport = {
    id: runIdOf(address),
    definition: spec.definition,
    version: spec.version,
    title: spec.title ?? undefined,
    description: spec.description ?? undefined,
    status: statusIn(context),
    paused: !done && (isPaused === true || isPausedAbove === true),
    parked: parked === '' ? undefined : parked,
    run: spec.parent === null ? undefined : runIdOf(asAddress(spec.parent)),
    step: spec.step === null ? undefined : stepOfRun(spec.step).step,
    priority: spec.priority,
    payload: spec.payload === '' ? undefined : JSON.parse(spec.payload),
    digest: spec.digest,
    takesAnswer: spec.takesAnswer === true,
    requestedAt: startedAt,
    expiresAt: done ? undefined : expiresAt(context),
    dueAt: spec.dueAt ?? undefined,
    reminders,
    decision: decisionIn(context),
    endedAt: completedAt,
  };
  return JSON.parse(JSON.stringify(facts));
}

function statusIn({ decision, error, reason, startedAt }: ApprovalContext): ApprovalStatus {
  if (decision !== undefined) return 'DECIDED';
  if (error !== undefined) return error.code === 'APPROVAL_EXPIRED' ? 'EXPIRED' : 'FAILED';
  if (reason !== undefined) return 'CANCELLED';
  return startedAt === undefined ? 'PENDING' : 'OPEN';
}

/** The answer of an approval that takes one is its result. */
function decisionIn({ decision, spec, result }: ApprovalContext): ApprovalReport['decision'] {
  if (decision === undefined || spec.takesAnswer !== true) return decision;
  const answer: Json = JSON.parse(JSON.stringify(result ?? null));
  return decision.approve ? { ...decision, answer } : decision;
}
