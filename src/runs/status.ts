/** Status: where a run is and how it ended, whatever machine decides it. */
import type { AnyMachineSnapshot } from 'xstate';
import type { Cell } from '../actor/index.ts';
import { type Host, hostedOutcome, hostedStatus, statusOf } from '../engine/index.ts';
import { type Outcome, RunStatus, runIdOf } from '../protocol/index.ts';
import { say } from '../telemetry/index.ts';

/** The status of a run by one of its snapshots. */
export const runStatus = ({ hosted }: Cell, snapshot: AnyMachineSnapshot): RunStatus =>
  hosted === undefined ? RunStatus.parse(statusOf(snapshot)) : hostedStatus(snapshot);

/** How a run that has ended did, by its last snapshot. */
export const outcomeIn = <Out>({ hosted }: Cell, snapshot: AnyMachineSnapshot): Outcome<Out> =>
  hosted === undefined ? snapshot.output : plain(hostedOutcome<Out>(hosted, snapshot));

/** References to actors are told as data. */
const plain = <Out>(outcome: Outcome<Out>): Outcome<Out> => JSON.parse(JSON.stringify(outcome));

/** Tells the log that a run was to be done by now and has not ended. */
export function tellOverdue({ log }: Pick<Host, 'log'>, cell: Cell): void {
  const { dueAt } = cell.committed.context.spec;
  say(log, 'run.overdue', { run: runIdOf(cell.address), dueAt });
}
