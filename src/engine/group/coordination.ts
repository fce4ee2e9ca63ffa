/**
 * Coordination: what a committed group says of the team's doings, told to the app's logger.
 *
 * It is read off the rows of the history, so that it costs one look-up for each row whose type is
 * of no interest, which is nearly every one.
 */
import { type Cell, isRootSpec } from '../../actor/index.ts';
import type { Batch, JournalRow } from '../../journal/index.ts';
import type { ActorEvent, Logger } from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import { hostedOutcome } from '../lives/index.ts';
import { isDone, statusOf } from '../step.ts';

/** What is looked at. */
export interface CoordinationIn {
  readonly batch: Pick<Batch, 'rows'>;
  readonly touched: readonly Cell[];
}

/** Tells what a group says of the team's doings. `since` is the last row before the group. */
export function tellCoordination(group: CoordinationIn, since: number, log: Logger): void {
  let cells: Map<number, Cell> | undefined;
  for (const row of group.batch.rows) {
    const tell = tellers[row.type];
    if (tell === undefined) continue;
    cells ??= new Map(group.touched.map((cell) => [cell.actor, cell]));
    const cell = cells.get(row.actor);
    if (cell !== undefined) tell(log, cell, eventOf(row));
  }
  for (const cell of group.touched) {
    if (isDone(cell.snapshot) && cell.last > since) tellEnd(log, cell);
  }
}

type Tell = (log: Logger, cell: Cell, event: ActorEvent) => void;

const tellers: Readonly<Record<string, Tell>> = {
  init: tellStart,
  'xstate.init': tellStart,
  'task.assigned': (log, { address: actor }, { bot }) => say(log, 'task.assigned', { actor, bot }),
  'approval.decide': (log, { address: actor, identity }, { approve: approved, by }) =>
    say(log, 'approval.decided', { actor, definition: identity.definition, approved, by }),
  'supervised.started': (log, { address: actor }, { child, start }) => {
    if (Number(start) > 1) say(log, 'supervisor.restarted', { actor, child });
  },
  'system.recovered': (log, _cell, { live, parked }) =>
    say(log, 'team.recovered', { live, parked }),
};

const eventOf = (row: JournalRow & { readonly event?: ActorEvent }): ActorEvent =>
  row.event ?? JSON.parse(row.body);

function tellStart(log: Logger, cell: Cell): void {
  const { address: actor, identity, hosted } = cell;
  if (hosted !== undefined && !isRootSpec(hosted.spec)) return;
  const { definition, kind } = identity;
  if (kind === 'approval') say(log, 'approval.asked', { actor, definition });
  else if (kind === 'handoff') say(log, 'handoff.asked', { actor, ...partsOf(cell) });
  else if (actor.startsWith('run/')) say(log, 'run.started', { actor, definition });
}

/** How an actor ended that did not fail: failures are told by themselves. */
function tellEnd(log: Logger, cell: Cell): void {
  const { address: actor, identity, snapshot, hosted } = cell;
  const { kind, definition } = identity;
  if (kind === 'system') say(log, 'team.stopped', {});
  else if (kind === 'handoff') {
    say(log, 'handoff.ended', { actor, ...partsOf(cell), status: statusOf(snapshot) });
  } else if (kind === 'incident') {
    const { spec, closedBy: by } = snapshot.context;
    say(log, 'incident.closed', { actor: spec.about, code: spec.code, by });
  } else if (actor.startsWith('run/') && (hosted === undefined || isRootSpec(hosted.spec))) {
    const outcome = hosted === undefined ? snapshot.output : hostedOutcome(hosted, snapshot);
    const { status, reason } = Object(outcome);
    if (status === 'COMPLETED') say(log, 'run.completed', { actor, definition });
    if (status === 'CANCELLED') say(log, 'run.cancelled', { actor, definition, reason });
  }
}

function partsOf({ snapshot }: Cell) {
  const { run, from, to } = snapshot.context.spec;
  return { run, from, to };
}
