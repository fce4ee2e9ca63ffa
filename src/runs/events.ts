/**
 * The events of a run: what happened to it, from the first to the last, live or replayed.
 *
 * They are read from the journal's rows, so a replay after a restart is the same sequence. `seq`
 * rises and is unique in a run; pass the last one seen as `since` to go on there.
 */
import type { Host } from '../engine/index.ts';
import type { JournalRow } from '../journal/index.ts';
import {
  type ActorEvent,
  type Address,
  type Failure,
  isFinal,
  partPrefix,
  RunStatus,
  runIdOf,
  type Settlement,
  troupeError,
} from '../protocol/index.ts';
import { checkEventsOptions } from './options.ts';
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
        /** `STARTED` is told of the child runs of a bot or task; the rest of every step. */
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
    | {
        readonly type: 'part';
        /** 1 for the first: the same for the same part, however often the work runs again. */
        readonly ordinal: number;
        /** What the work yielded. */
        readonly part: unknown;
      }
    | { readonly type: 'note'; readonly note: string }
    /** It was due and has not ended. */
    | { readonly type: 'overdue' }
    /** What a machine emitted. */
    | { readonly type: 'emitted'; readonly event: ActorEvent }
  );

/** The events of a run: those recorded, then those to come, until it ends. */
export async function* eventsOf(
  host: Host,
  address: Address,
  given?: unknown,
): AsyncGenerator<RunEvent, void, undefined> {
  const { since = 0, signal } = checkEventsOptions(given);
  const cell = host.find(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runIdOf(address) });
  const feed = new Feed();
  const ends: (() => void)[] = [];
  const unlisten = host.listen(address, feed);
  if (unlisten !== undefined) ends.push(unlisten);
  limitWait(host, { signal }, `events of ${runIdOf(address)}`, ends, feed.closed);
  try {
    const last = Math.floor(since / 2) - 1;
    // What this turn of the loop has not committed yet comes through the listener.
    const recorded = host.journal.history(cell.actor, last);
    const later = unlisten === undefined ? undefined : feed;
    for await (const row of rowsUntilEnd(recorded, later, last)) {
      for (const event of eventsIn(row)) {
        if (event.seq <= since) continue;
        if (signal?.aborted === true) throw feed.failure;
        yield event;
      }
    }
  } finally {
    for (const end of ends) end();
  }
}

/** The rows after `last`: those recorded, then those of the feed, each once, until the run ends. */
async function* rowsUntilEnd(
  recorded: readonly JournalRow[],
  later: Feed | undefined,
  last: number,
): AsyncGenerator<JournalRow, void, undefined> {
  let seen = last;
  for (let rows = recorded; ; rows = await later.next()) {
    for (const row of rows) {
      if (row.seq <= seen) continue;
      seen = row.seq;
      yield row;
      if (endsRun(row)) return;
    }
    if (later === undefined) return;
  }
}

/** Rows on their way from the host's commits to a consumer that may be slower. */
class Feed {
  #rows: JournalRow[] = [];
  #failure: { readonly error: unknown } | undefined;
  #arrived = Promise.withResolvers<void>();

  /** Why nothing more will come. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  readonly rows = (rows: readonly JournalRow[]): void => {
    this.#rows.push(...rows);
    this.#arrived.resolve();
  };

  readonly closed = (error: unknown): void => {
    this.#failure ??= { error };
    this.#arrived.resolve();
  };

  /** What came since the last call, or will come next. @throws why nothing more will come. */
  async next(): Promise<readonly JournalRow[]> {
    if (this.#rows.length === 0 && this.#failure === undefined) await this.#arrived.promise;
    this.#arrived = Promise.withResolvers();
    if (this.#rows.length === 0) throw this.failure;
    return this.#rows.splice(0);
  }
}

const isStatus = (text: string): text is RunStatus => text in RunStatus.enum;

const statusesIn = (row: JournalRow): RunStatus[] => row.status.split('>').filter(isStatus);

const endsRun = (row: JournalRow): boolean => isFinal(statusesIn(row).at(-1) ?? '');

/** The events that a row tells of: what was reported, then the move that followed from it. */
function eventsIn(row: JournalRow): RunEvent[] {
  const path = statusesIn(row);
  const status = path.at(-1);
  const reported = readers.get(row.type)?.(JSON.parse(row.body), { seq: row.seq * 2, at: row.at });
  const events: RunEvent[] = reported === undefined ? [] : [reported];
  if (status !== undefined) {
    events.push({ type: 'status', seq: row.seq * 2 + 1, at: row.at, status, path });
  }
  return events;
}

interface Body {
  readonly step: string;
  readonly result?: unknown;
  readonly outcome: Settlement;
  readonly event: ActorEvent;
  readonly progress?: number;
  readonly note?: string;
  readonly reason: string;
}

/** Names that start so are the runtime's own: asks and parts, which are no steps. */
const isOwn = (step: string): boolean => step.startsWith('~');

/** How the bodies of rows are read that tell of more than a move. */
const readers: ReadonlyMap<string, (body: Body, fact: Fact) => RunEvent | undefined> = new Map<
  string,
  (body: Body, fact: Fact) => RunEvent | undefined
>([
  [
    'step.completed',
    ({ step, result }, fact) =>
      step.startsWith(partPrefix)
        ? { ...fact, type: 'part', ordinal: Number(step.slice(partPrefix.length)), part: result }
        : { ...fact, type: 'step', step, status: 'COMPLETED', result },
  ],
  [
    'child.started',
    ({ step }, fact) =>
      isOwn(step) ? undefined : { ...fact, type: 'step', step, status: 'STARTED' },
  ],
  [
    'child.settled',
    ({ step, outcome: { status, result, error } }, fact) =>
      isOwn(step) ? undefined : { ...fact, type: 'step', step, status, result, error },
  ],
  ['task.report', reported],
  ['run.overdue', (_, fact) => ({ ...fact, type: 'overdue' })],
  ['troupe.emitted', ({ event }, fact) => ({ ...fact, type: 'emitted', event })],
  ['task.decline', ({ reason }, fact) => ({ ...fact, type: 'note', note: reason })],
]);

function reported({ progress, note }: Body, fact: Fact): RunEvent | undefined {
  if (progress !== undefined) return { ...fact, type: 'progress', progress, note };
  return note === undefined ? undefined : { ...fact, type: 'note', note };
}
