/**
 * The events of a run: what happened to it, from the first to the last, live or replayed.
 *
 * They are read from the journal's rows, so a replay after a restart is the same sequence. `seq`
 * rises and is unique in a run; pass the last one seen as `since` to go on there. What retention
 * has cut is not told: an event `cut` stands in its place.
 */
import type { Cell } from '../actor/index.ts';
import type { Host } from '../engine/index.ts';
import type { JournalRow } from '../journal/index.ts';
import { type Address, runIdOf, troupeError } from '../protocol/index.ts';
import { endsRun, eventsIn, isTold, lastEvents, type RunEvent } from './facts/row-events.ts';
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
    const recorded = historyOf(host, cell, last);
    const later = unlisten === undefined ? undefined : feed;
    const cut = cutBefore(host, cell, recorded[0]);
    if (cut !== undefined && cut.seq > since) yield cut;
    for await (const event of eventsUntilEnd(recorded, later, cell.identity.kind)) {
      if (event.seq <= since) continue;
      if (signal?.aborted === true) throw feed.failure;
      yield event;
    }
  } finally {
    for (const end of ends) end();
  }
}

/** The rows after `last`; all of them when those are only told of the end, which stands before. */
function historyOf(host: Host, { actor }: Cell, last: number): JournalRow[] {
  const rows = host.journal.history(actor, last);
  const isCut = rows[0] !== undefined && isTold(rows[0]);
  return isCut ? host.journal.history(actor, 0) : rows;
}

/** Says that what came before the first row that is kept was cut, if it was. */
function cutBefore(host: Host, cell: Cell, first: JournalRow | undefined): RunEvent | undefined {
  const { seq: cut } = host.journal.anchor();
  const last = first?.previous ?? (cut > 0 ? host.journal.byNumber(cell.actor)?.last : 0) ?? 0;
  if (last === 0 || last > cut) return undefined;
  return { type: 'cut', seq: 2 * last + 1, at: first?.at ?? host.clock.now() };
}

/** The events of the rows recorded, then of those of the feed, until the run ends. */
async function* eventsUntilEnd(
  recorded: readonly JournalRow[],
  later: Feed | undefined,
  kind: string,
): AsyncGenerator<RunEvent, void, undefined> {
  let seen = 0;
  for (let rows = recorded; ; rows = await later.next()) {
    for (const [index, row] of rows.entries()) {
      if (row.seq <= seen) continue;
      seen = row.seq;
      if (endsRun(row)) {
        yield* lastEvents(rows.slice(index), kind);
        return;
      }
      yield* eventsIn(row, kind);
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
