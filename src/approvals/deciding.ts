/**
 * Deciding: what a person says is checked against the approval as it will be when its turn comes,
 * so that what is accepted is done, and what is refused says what happened and changes nothing.
 */
import type { ApprovalContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Host, type Stage, statusOf } from '../engine/index.ts';
import {
  type ActorEvent,
  type Address,
  type Approval,
  type ApprovalSpec,
  checkOptions,
  Decision,
  type Json,
  parse,
  runIdOf,
  troupeError,
} from '../protocol/index.ts';
import { checkSize, whenIdle } from '../runs/index.ts';
import { openApprovals } from './places.ts';

/** What deciding needs of the floors around it. */
export interface DecidingPorts {
  readonly host: Host;
  /** The approval of a run; undefined when its definition is not there. */
  readonly approvalOf: (spec: ApprovalSpec) => Approval | undefined;
}

/** What a person says; its answer is JSON. */
type Checked = Omit<Decision, 'answer'> & { readonly answer: Json | undefined };

/**
 * Decides an approval; resolves when that is durable.
 * @param find finds it whenever the command is tried.
 * @throws TroupeError `BAD_OPTION`, `NOT_JSON`, `TOO_LARGE`, `UNKNOWN_APPROVAL`, `NO_APPROVAL`,
 *   `APPROVAL_NOT_OPEN`, `ALREADY_DECIDED`, `APPROVAL_EXPIRED`, `APPROVAL_CLOSED`, `OTHER_PAYLOAD`,
 *   `INVALID`, `SCHEMA_ASYNC`, `PARKED`, `STOPPED`, `JOURNAL_FAILED`.
 */
export async function decide(
  ports: DecidingPorts,
  find: (stage: Stage) => Address,
  given: unknown,
): Promise<void> {
  const { answer, ...said } = checkOptions(Decision, given ?? {}, 'decide');
  const decision = { ...said, answer: checkSize(answer, 'answer', ports.host.limits) };
  await whenIdle(ports.host, find, 'decide', (stage, cell) => {
    refuseUnlessOpen(stage, cell);
    stage.send(cell.address, eventOf(ports, cell, decision));
  });
}

function refuseUnlessOpen(stage: Stage, cell: Cell): void {
  const approval = runIdOf(cell.address);
  if (cell.identity.kind !== 'approval') {
    throw troupeError('NO_APPROVAL', { approval, open: openApprovals(stage, cell) });
  }
  const context: ApprovalContext = cell.snapshot.context;
  if (cell.isDone) throw closed(approval, context, statusOf(cell.snapshot));
  if (context.startedAt !== undefined) return;
  throw troupeError('APPROVAL_NOT_OPEN', { approval, state: waitingFor(cell) });
}

/** Why an approval that ended takes no decision: who ended it, when and how. */
function closed(approval: string, context: ApprovalContext, state: string) {
  const { decision, error, reason, completedAt: at = 0, spec } = context;
  if (decision !== undefined) {
    const { approve, by, comment } = decision;
    const facts = { approval, decision: approve ? 'approved' : 'rejected', by, at } as const;
    return troupeError('ALREADY_DECIDED', comment === undefined ? facts : { ...facts, comment });
  }
  if (error?.code === 'APPROVAL_EXPIRED') {
    return troupeError('APPROVAL_EXPIRED', { approval, afterMs: spec.expiresInMs ?? 0, at });
  }
  const why = reason ?? error?.message ?? '';
  return troupeError('APPROVAL_CLOSED', { approval, state, reason: why, at });
}

/** Why the person was not asked yet. */
function waitingFor({ snapshot }: Cell): string {
  if (snapshot.matches({ BLOCKED: 'byDependency' })) return 'waits for other runs';
  return snapshot.matches({ BLOCKED: 'paused' }) ? 'is paused' : 'must not begin yet';
}

/** What the approval is told. */
function eventOf(ports: DecidingPorts, cell: Cell, decision: Checked): ActorEvent {
  const { spec }: ApprovalContext = cell.snapshot.context;
  const { approve, by, comment, digest: seen } = decision;
  const approval = runIdOf(cell.address);
  if (seen !== undefined && seen !== spec.digest) {
    throw troupeError('OTHER_PAYLOAD', { approval, seen, digest: spec.digest });
  }
  const definition = ports.approvalOf(spec);
  refuseMisfit(decision, definition, `decision on ${approval}`);
  const what = `answer to ${approval}`;
  const schema = approve ? definition?.answer : undefined;
  const value = schema === undefined ? undefined : parse(schema, decision.answer, what);
  const answer = checkSize(value, what, ports.host.limits);
  return {
    type: 'approval.decide',
    approve,
    by,
    ...(comment === undefined ? {} : { comment }),
    ...(answer === undefined ? {} : { answer }),
  };
}

/** A question has no no; an answer goes with a yes to what takes one. */
function refuseMisfit(
  { approve, answer }: Checked,
  definition: Approval | undefined,
  where: string,
): void {
  if (!approve && definition?.mustAnswer === true) {
    const problem = 'must be true: it is a question, and there is no no to it';
    throw troupeError('BAD_OPTION', { where, field: 'approve', problem });
  }
  if (answer === undefined || (approve && definition?.answer !== undefined)) return;
  const problem = approve ? 'is no option here: it takes no answer' : 'goes with a yes alone';
  throw troupeError('BAD_OPTION', { where, field: 'answer', problem });
}
