/**
 * Incidents: reading, and closing, what nobody below could deal with. Each is a durable record, one
 * for each actor and code; what happens again is counted.
 */
import { z } from 'zod';
import type { IncidentContext } from '../../machines/index.ts';
import type { Host } from '../engine/index.ts';
import type { ActorRecord } from '../journal/index.ts';
import { asAddress, checkOptions, runIdOf, troupeError } from '../protocol/index.ts';

/** One incident, as it is now. */
export interface IncidentReport {
  /** Names it among all incidents. */
  readonly id: string;
  /** What it is about: the id of a run, such as `review/r-1`, or the address of another actor. */
  readonly about: string;
  /** A code of the table of errors. */
  readonly code: string;
  /** What happened last. */
  readonly message: string;
  readonly status: 'OPEN' | 'CLOSED';
  /** How often it happened. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly lastAt: number;
  readonly closedAt?: number | undefined;
  /** Who closed it; `system`: what it was about was mended. */
  readonly closedBy?: string | undefined;
}

const ListOptions = z.strictObject({
  status: z.enum(['OPEN', 'CLOSED'], 'must be OPEN or CLOSED').optional(),
});

const IncidentCloseOptions = z.strictObject({
  by: z.string('must be a text').min(1, 'must not be empty'),
});

/** How an incident is closed. */
export interface IncidentCloseOptions {
  /** Who closes it. */
  readonly by: string;
}

/** Which incidents to give. */
export interface IncidentFilter {
  /** Default: all. */
  readonly status?: 'OPEN' | 'CLOSED' | undefined;
}

/** The incidents of a troupe. */
export interface Incidents {
  /** In the order in which they were opened first. @throws TroupeError `BAD_OPTION`, `STOPPED`. */
  list(filter?: IncidentFilter): Promise<IncidentReport[]>;
  /** The incident of an id; undefined when there is none. @throws TroupeError `STOPPED`. */
  get(id: string): Promise<IncidentReport | undefined>;
  /**
   * Closes an incident: somebody has dealt with it. Resolves when that is durable; closing it again
   * changes nothing. When the same happens again it opens anew.
   * @throws TroupeError `UNKNOWN_INCIDENT`, `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`.
   */
  close(id: string, options: IncidentCloseOptions): Promise<void>;
}

/** The incidents of a host. */
export function incidentsOf(host: Host): Incidents {
  return {
    list: async (filter) => {
      const { status } = checkOptions(ListOptions, filter ?? {}, 'incidents.list');
      const records = await host.enter('incidents.list', () =>
        host.journal.actors({ kind: 'incident' }),
      );
      const reports = records.map(reportOf);
      return reports.filter((report) => status === undefined || report.status === status);
    },
    get: async (id) => {
      const record = await host.enter('incidents.get', () =>
        host.journal.byAddress(`${prefix}${String(id)}`),
      );
      return record?.kind === 'incident' ? reportOf(record) : undefined;
    },
    close: async (id, options) => {
      const { by } = checkOptions(IncidentCloseOptions, options ?? {}, 'incidents.close');
      await host.enter('incidents.close', (stage) => {
        const cell = stage.find(asAddress(`${prefix}${String(id)}`));
        if (cell === undefined) throw troupeError('UNKNOWN_INCIDENT', { incident: String(id) });
        if (!cell.isDone) stage.send(cell.address, { type: 'incident.close', by });
      });
    },
  };
}

const prefix = 'incident/';

/** What an incident's record says. */
export function reportOf({ address, input, snapshot, done }: ActorRecord): IncidentReport {
  const spec: IncidentContext['spec'] = JSON.parse(input);
  const { context }: { context: Omit<IncidentContext, 'spec'> } = JSON.parse(snapshot);
  return {
    id: address.slice(prefix.length),
    about: runIdOf(asAddress(spec.about)),
    code: spec.code,
    message: context.lastMessage ?? spec.message,
    status: done ? 'CLOSED' : 'OPEN',
    count: context.count,
    openedAt: spec.openedAt,
    lastAt: context.lastAt,
    closedAt: context.closedAt,
    closedBy: context.closedBy,
  };
}
