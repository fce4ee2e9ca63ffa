/**
 * The events of a run: what happened to it, from the first to the last, live or replayed.
 *
 * They are read from the journal's rows, so a replay after a restart is the same sequence. `seq`
 * rises and is unique in a run; pass the last one seen as `since` to go on there.
 */
import type { Host } from '../engine/index.ts';
import type { JournalRow } from '../journal/index.ts';
import {
  type Address,
  type Failure,
  isFinal,
  type RunStatus,
  type Settlement,
} from '../protocol/index.ts';
import { limitWait } from './waiting.ts';

interface Fact {
  /** Rises with every event of the run. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What happened to a run. */
export type RunEvent = Fact &
  (
    | {
        readonly type: 'status';
        readonly status: RunStatus;
        /** All statuses entered in this turn, the last of which is `status`. */
        readonly path: readonly RunStatus[];
      }
    | {
        readonly type: 'step';
        readonly step: string;
        readonly status: 'STARTED' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
        readonly result?: unknown;
        readonly error?: Failure | undefined;
      }
    | {
        readonly type: 'progress';
        /** 0 to 1. */
        readonly progress: number;
        readonly note?: string | undefined;
      }
    | { readonly type: 'note'; readonly note: string }
  );

/** Which events to give. */
export interface EventsOptions {
  /** Gives only events after this `seq`. */
  readonly since?: number | undefined;
  /** Ends the sequence with `WAIT_ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** The events of a run: those recorded, then those to come, until it ends. */
export async function* eventsOf(
  host: Host,
  address: Address,
  { since = 0, signal }: EventsOptions = {},
): AsyncGenerator<RunEvent, void, undefined> {
  const cell = host.find(address);
  if (cell === undefined) return;
  const waiting: JournalRow[] = [];
  let closed: { readonly error: unknown } | undefined;
  let arrived = Promise.withResolvers<void>();
  const ends: (() => void)[] = [];
  const close = (error: unknown): void => {
    closed = { error };
    arrived.resolve();
  };
  const unlisten = host.listen(address, {
    rows: (rows) => {
      waiting.push(...rows);
      arrived.resolve();
    },
    closed: close,
  });
  if (unlisten !== undefined) ends.push(unlisten);
  limitWait(host, { signal }, `events of ${address}`, ends, close);
  try {
    // What this turn of the loop has not committed yet comes through the listener.
    let last = Math.floor(since / 2) - 1;
    const recorded = host.journal.history(cell.actor, last);
    for (let rows = recorded; ; rows = waiting.splice(0)) {
      for (const row of rows) {
        if (row.seq <= last) continue;
        last = row.seq;
        const events = eventsIn(row).filter((event) => event.seq > since);
        yield* events;
        if (endsRun(row)) return;
      }
      if (closed !== undefined) throw closed.error;
      if (unlisten === undefined) return;
      if (waiting.length === 0) await arrived.promise;
      arrived = Promise.withResolvers<void>();
    }
  } finally {
    for (const end of ends) end();
  }
}

const statusesIn = (row: JournalRow): RunStatus[] =>
  row.status === '' ? [] : (row.status.split('>') as RunStatus[]);

const endsRun = (row: JournalRow): boolean => isFinal(statusesIn(row).at(-1) ?? '');

/** The events that a row tells of: what was reported, then the move that followed from it. */
export function eventsIn(row: JournalRow): RunEvent[] {
  const path = statusesIn(row);
  const status = path.at(-1);
  const reported = reportedIn(row);
  const events: RunEvent[] = reported === undefined ? [] : [reported];
  if (status !== undefined) {
    events.push({ type: 'status', seq: row.seq * 2 + 1, at: row.at, status, path });
  }
  return events;
}

function reportedIn(row: JournalRow): RunEvent | undefined {
  const fact = { seq: row.seq * 2, at: row.at };
  switch (row.type) {
    case 'step.completed': {
      const { step, result }: { step: string; result?: unknown } = JSON.parse(row.body);
      return { ...fact, type: 'step', step, status: 'COMPLETED', result };
    }
    case 'child.started': {
      const { step }: { step: string } = JSON.parse(row.body);
      return { ...fact, type: 'step', step, status: 'STARTED' };
    }
    case 'child.settled': {
      const { step, outcome }: { step: string; outcome: Settlement } = JSON.parse(row.body);
      const { status, result, error } = outcome;
      return { ...fact, type: 'step', step, status, result, error };
    }
    case 'task.report': {
      const { progress, note }: { progress?: number; note?: string } = JSON.parse(row.body);
      if (progress !== undefined) return { ...fact, type: 'progress', progress, note };
      return note === undefined ? undefined : { ...fact, type: 'note', note };
    }
    default:
      return undefined;
  }
}
