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
   * Lets a run go on, when its definition is there and unchanged now.
   * @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE` when it is not parked, `PARKED` when the
   *   reason still holds.
   */
  retry(run: string | { readonly runId: string }): Promise<void>;
  /**
   * Cancels a parked run for good, with all below it that is parked too.
   * @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE` when it is not parked.
   */
  discard(run: string | { readonly runId: string }, reason?: string): Promise<void>;
}

/** What parking needs of the host beside its contract. */
export interface ParkingHost extends Host {
  /** Lets a cell take turns, and performs again what was under way in it. */
  unpark(address: Address): void;
}

/** The parked runs of a host. */
export function parkedRuns(host: ParkingHost, fitness: Fitness): Parked {
  return {
    list: () => host.enter('parked.list', () => parkedIn(host).filter(isOwn(host)).map(described)),
    retry: async (run) => {
      const addresses = await host.enter('parked.retry', (stage) => {
        const address = addressOfRun(run, stage);
        const cell = parkedCell(stage, address, 'retry');
        const cells = [cell, ...parkedBelow(host, stage, cell)];
        const records = cells.flatMap((one) => host.journal.byAddress(one.address) ?? []);
        const reason = records.map(fitness).find((one) => one !== undefined);
        if (reason !== undefined) throw troupeError('PARKED', { run: runIdOf(address), reason });
        for (const one of cells) goOn(stage, one);
        return cells.map((one) => one.address);
      });
      for (const address of addresses) host.unpark(address);
    },
    discard: async (run, reason = 'discarded while parked') => {
      await host.enter('parked.discard', (stage) => {
        const address = addressOfRun(run, stage);
        release(stage, parkedCell(stage, address, 'discard'));
        for (const record of parkedIn(host)) {
          const below = stage.find(record.address);
          if (below === undefined || !record.address.startsWith(`${address}/`)) continue;
          release(stage, below);
        }
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
  ({ kind, input }: ActorRecord): boolean => {
    const root = kind === 'machine' ? JSON.parse(input).root : undefined;
    return root === undefined || host.journal.byAddress(root)?.parked === '';
  };

/** The actors of a machine's run that are parked with it. */
function parkedBelow(host: Host, stage: Stage, { address, hosted }: Cell): Cell[] {
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
  release(stage, cell);
  if (cell.identity.kind === 'task') stage.send(cell.address, { type: 'task.unparked' });
}

function release(stage: Stage, cell: Cell): void {
  cell.parked = '';
  stage.touch(cell);
  for (const code of ['PARKED', 'NOT_DURABLE']) stage.closeIncident({ about: cell.address, code });
}
