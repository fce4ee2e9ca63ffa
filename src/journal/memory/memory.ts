/**
 * The journal in memory: the default. It keeps the contract of a file but for surviving the end
 * of the process, and for its bounds: the newest rows of history and dead letters, and a number
 * of actors that ended. What has not ended, what waits and what is armed is never dropped.
 */
import { limits } from '../../protocol/index.ts';
import { asGroup, groupOf, guardReads } from '../group.ts';
import type { Journal } from '../journal.ts';
import { Trimmer } from '../trim/index.ts';
import { loadedState } from './loading.ts';
import { type MemoryBounds, MemoryState } from './state.ts';

/** What the journal in memory keeps. */
export interface MemoryOptions {
  /** Rows of history, and dead letters (default `limits.memoryRows`). */
  readonly rows?: number | undefined;
  /** Actors that ended (default `limits.memoryRuns`). */
  readonly runs?: number | undefined;
}

/** A new, empty journal in memory. */
export function memoryJournal(options: MemoryOptions = {}): Journal {
  const bounds: MemoryBounds = {
    rows: options.rows ?? limits.memoryRows,
    runs: options.runs ?? limits.memoryRuns,
  };
  return journalOf(new MemoryState(bounds), bounds);
}

function journalOf(state: MemoryState, bounds: MemoryBounds): Journal {
  const group = groupOf('memory');
  const trimmer = new Trimmer(state.trimStore());
  return {
    ...guardReads(state, group),
    path: 'memory',
    begin() {
      group.enter();
      return true;
    },
    commit(batch) {
      group.checkOpen();
      try {
        state.apply(batch);
      } catch (error) {
        throw group.fail(error);
      }
      group.leave();
    },
    abort() {
      group.checkOpen();
      group.leave();
    },
    trim: (keep) => asGroup(group, () => trimmer.trim(keep)),
    replacedBy: async (path) => {
      group.check();
      const next = await loadedState(path, bounds).catch((failure: unknown) => ({ failure }));
      group.close();
      return next instanceof MemoryState
        ? { journal: journalOf(next, bounds), failure: undefined }
        : { journal: journalOf(state, bounds), failure: next.failure };
    },
    close: () => void group.close(),
  };
}
