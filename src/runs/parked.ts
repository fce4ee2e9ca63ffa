/**
 * Parked runs: live runs whose definition is missing or changed. They are kept whole, take mail
 * and no turns, until they are tried again or given up.
 */
import type { Cell } from '../actor/index.ts';
import type { Fitness, Host, Stage } from '../engine/index.ts';
import type { ActorRecord } from '../journal/index.ts';
import { type Address, runIdOf, troupeError } from '../protocol/index.ts';
import { addressOfRun } from './start.ts';

/** A parked run. */
export interface ParkedRun {
  /** Its address without `run/`. */
  readonly runId: string;
  readonly definition: string;
  readonly version: string;
  readonly status: string;
  /** Why it can't go on. */
  readonly reason: string;
}

/** What can be done about parked runs. */
export interface Parked {
  /** All that are parked now. @throws TroupeError `STOPPED`, `JOURNAL_FAILED`. */
  list(): Promise<ParkedRun[]>;
  /**
   * Lets a run go on, with the actors of its machine that are parked, when its definition is there
   * and unchanged now.
   * @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE` when nothing of it is parked, `PARKED` when
   *   the reason still holds.
   */
  retry(run: string | { readonly runId: string }): Promise<void>;
  /**
   * Cancels a parked run for good, with all below it. An actor inside of a machine's run has
   * failed, and its parent is told.
   * @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE` when it is not parked.
   */
  discard(run: string | { readonly runId: string }, reason?: string): Promise<void>;
}

/** What parking needs of the host beside its contract. */
export interface ParkingHost extends Host {
  /** Lets a cell take turns, and performs again what was under way in it. */
  unpark(address: Address): void;
}

/** Lets a cell take turns again, as what it is now. */
export type GoesOn = (stage: Stage, cell: Cell) => void;

/** The parked runs of a host. */
export function parkedRuns(host: ParkingHost, fitness: Fitness, goesOn: GoesOn): Parked {
  return {
    list: () => host.enter('parked.list', () => parkedIn(host).filter(isOwn(host)).map(described)),
    retry: async (run) => {
      const addresses = await host.enter('parked.retry', (stage) => {
        const address = addressOfRun(run, stage);
        const cells = parkedOf(host, stage, address);
        const records = cells.flatMap((one) => host.journal.byAddress(one.address) ?? []);
        const reason = records.map(fitness).find((one) => one !== undefined);
        if (reason !== undefined) throw troupeError('PARKED', { run: runIdOf(address), reason });
        for (const one of cells) goesOn(stage, one);
        return cells.map((one) => one.address);
      });
      for (const address of addresses) host.unpark(address);
    },
    discard: async (run, reason = 'discarded while parked') => {
      await host.enter('parked.discard', (stage) => {
        const address = addressOfRun(run, stage);
        parkedCell(stage, address, 'discard');
        stage.send(address, { type: 'run.cancel', reason, orphan: false });
      });
    },
  };
}

const parkedIn = (host: Host): ActorRecord[] =>
  host.journal
    .actors({ parked: true, done: false })
    .filter(({ address }) => address.startsWith('run/'));

/** Whether it is no part of a machine's run that is parked as a whole. */
const isOwn =
  (host: Host) =>
  (record: ActorRecord): boolean => {
    const { kind, input, definition, version, parent } = record;
    const root = kind === 'machine' ? JSON.parse(input).root : undefined;
    if (root !== undefined) return host.journal.byAddress(root)?.parked === '';
    const above = parent === '' ? undefined : host.journal.byAddress(parent);
    const isPart = above?.definition === definition && above.version === version;
    return !isPart || above.parked === '';
  };

/** A run that is parked, or of whose machine actors are. @throws as `parkedCell`. */
function parkedOf(host: Host, stage: Stage, address: Address): Cell[] {
  const cell = stage.find(address);
  const below = cell === undefined ? [] : parkedBelow(host, stage, cell);
  if (cell?.parked === '' && below.length > 0) return below;
  return [parkedCell(stage, address, 'retry'), ...below];
}

/** The actors of a machine's run that are parked, and what belongs to a workflow's. */
function parkedBelow(host: Host, stage: Stage, { address, hosted, identity }: Cell): Cell[] {
  if (identity.kind === 'workflow') {
    const { definition, version } = identity;
    const parts = parkedIn(host).filter(
      (part) =>
        part.address.startsWith(`${address}/`) &&
        part.definition === definition &&
        part.version === version,
    );
    return parts.flatMap((part) => stage.find(part.address) ?? []);
  }
  if (hosted === undefined || !hosted.isRoot) return [];
  return parkedIn(host).flatMap((record) => {
    const isBelow = record.kind === 'machine' && JSON.parse(record.input).root === address;
    return isBelow ? (stage.find(record.address) ?? []) : [];
  });
}

const described = (record: ActorRecord): ParkedRun => ({
  runId: runIdOf(record.address),
  definition: record.definition,
  version: record.version,
  status: record.status,
  reason: record.parked,
});

function parkedCell(stage: Stage, address: Address, event: string): Cell {
  const run = runIdOf(address);
  const cell = stage.find(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run });
  if (cell.parked !== '') return cell;
  const state = cell.isDone ? 'ended' : 'not parked';
  throw troupeError('ILLEGAL_MOVE', { run, state, event });
}

/** Lets a run take turns again. A task asks for a slot anew: others have had the one it had. */
export function goOn(stage: Stage, cell: Cell): void {
  if (cell.hosted !== undefined) stage.awake(cell);
  stage.unpark(cell);
  if (cell.identity.kind === 'task') stage.send(cell.address, { type: 'task.unparked' });
}
