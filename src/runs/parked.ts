/**
 * Parked runs: live runs whose definition is missing or changed. They are kept whole, take mail
 * and no turns, until they are tried again or given up.
 */
import type { Fitness, Host } from '../engine/index.ts';
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
  /** All that are parked now. */
  list(): Promise<ParkedRun[]>;
  /**
   * Lets a run go on, when its definition is there and unchanged now.
   * @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE` when it is not parked, `PARKED` when the
   *   reason still holds.
   */
  retry(run: string | { readonly runId: string }): Promise<void>;
  /** Cancels a parked run for good. @throws TroupeError `UNKNOWN_RUN`, `ILLEGAL_MOVE`. */
  discard(run: string | { readonly runId: string }, reason?: string): Promise<void>;
}

/** What parking needs of the host beside its contract. */
export interface ParkingHost extends Host {
  /** Lets a cell take turns, and performs again what was under way in it. */
  unpark(address: Address): void;
}

/** The parked runs of a host. */
export function parkedRuns(host: ParkingHost, fitness: Fitness): Parked {
  const release = (call: string, run: string | { readonly runId: string }, check: boolean) =>
    host.enter(call, (stage) => {
      const address = addressOfRun(run);
      const cell = stage.find(address);
      if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runIdOf(address) });
      const state = cell.snapshot.status === 'active' ? 'not parked' : 'ended';
      if (cell.parked === '') {
        throw troupeError('ILLEGAL_MOVE', { run: runIdOf(address), state, event: call });
      }
      const record = host.journal.byAddress(address);
      const reason = record === undefined ? undefined : fitness(record);
      if (check && reason !== undefined)
        throw troupeError('PARKED', { run: runIdOf(address), reason });
      cell.parked = '';
      stage.touch(cell);
      return address;
    });
  return {
    list: async () =>
      host.journal.actors({ parked: true, done: false }).map((record) => ({
        runId: runIdOf(record.address),
        definition: record.definition,
        version: record.version,
        status: record.status,
        reason: record.parked,
      })),
    retry: async (run) => host.unpark(await release('parked.retry', run, true)),
    discard: async (run, reason = 'discarded while parked') => {
      const address = await release('parked.discard', run, false);
      const event = { type: 'run.cancel', reason, orphan: false };
      await host.enter('parked.discard', (stage) => stage.send(address, event));
    },
  };
}
