/**
 * Told: the actor of a record as a cell, to be looked at where no host runs. It is what the record
 * tells, it takes no turns, and references in it lead nowhere.
 */
import type { AnyStateMachine } from 'xstate';
import { Cell } from '../actor/index.ts';
import type { ActorRecord } from '../journal/index.ts';
import { troupeError } from '../protocol/index.ts';
import { Hosting, reviveHosted } from './hosted/index.ts';
import { revive } from './step.ts';

/**
 * The cell of a record.
 * @param machineOf the machine of a kind of ours; a user's machine is not needed for looking.
 * @throws TroupeError `BROKEN_INVARIANT` for a kind without a machine.
 */
export function toldCell(
  record: ActorRecord,
  machineOf: (kind: string) => AnyStateMachine | undefined,
): Cell {
  if (record.kind === 'machine') return toldHosted(record);
  const machine = machineOf(record.kind);
  if (machine === undefined) {
    const invariant = 'every kind has a machine';
    throw troupeError('BROKEN_INVARIANT', { invariant, found: record.kind });
  }
  return new Cell(record, revive(machine, record.snapshot, JSON.parse(record.input)));
}

/** One that is parked needs no machine: so is it looked at. */
function toldHosted(record: ActorRecord): Cell {
  const hosted = nowhere.hostedFrom(record);
  const snapshot = reviveHosted({ ...record, parked: 'told' }, hosted, nowhere);
  const cell = new Cell(record, snapshot);
  cell.hosted = hosted;
  return cell;
}

const nothing = (): undefined => undefined;

const nowhere = new Hosting({
  find: nothing,
  listen: nothing,
  deliver: nothing,
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  machineOf: nothing,
  migrationOf: nothing,
});
