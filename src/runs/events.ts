/**
 * The events of a run: what happened to it, from the first to the last, live or replayed.
 *
 * They are read from the journal's rows, so a replay after a restart is the same sequence. `seq`
 * rises and is unique in a run; pass the last one seen as `since` to go on there.
 */
import type { Host } from '../engine/index.ts';
import type { JournalRow } from '../journal/index.ts';
import { type Address, runIdOf, troupeError } from '../protocol/index.ts';
import { endsRun, eventsIn, type RunEvent } from './facts/row-events.ts';
import { checkEventsOptions } from './options.ts';
import { limitWait } from './waiting.ts';

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
      for (const event of eventsIn(row, cell.identity.kind)) {
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
