/**
 * The simulated disk: journals in memory that share what was committed, so that a test can crash
 * a process at any commit and recover from it, all in one process and without a file.
 *
 * Opening again is the recovery after a crash: the journal opened before loses its open group
 * and refuses everything from then on. Every committed batch goes into a running hash: two runs
 * did the same exactly when their traces are equal.
 */
import { hash } from 'node:crypto';
import { troupeError } from '../protocol/index.ts';
import { asGroup, type Group, groupOf, guardReads } from './group.ts';
import type { Batch, Journal, JournalReads, Keep, Trimmed } from './journal.ts';
import { MemoryState } from './memory/state.ts';
import { Trimmer } from './trim/index.ts';

/** Faults of a simulated disk. */
export interface SimulatedDiskOptions {
  /**
   * Called around each commit with its number, 1, 2, 3 ... over the disk's life. A throw is a
   * crash there: `before` loses the batch, `after` keeps it and only the acknowledgement is lost.
   */
  readonly onCommit?: (commit: number, moment: 'before' | 'after', batch: Batch) => void;
  /** Called around each piece of trimming: a throw is a crash there, as with `onCommit`. */
  readonly onTrim?: (moment: 'before' | 'after') => void;
  /** Whether another connection keeps the file busy now (default never). */
  readonly isBusy?: () => boolean;
}

/** A disk that outlives the journals opened on it. */
export interface SimulatedDisk {
  /** Opens a journal on what was committed; the one opened before is dead from here on. */
  open(): Journal;
  /** What was committed, whoever has it open and however that ended. */
  readonly reads: JournalReads;
  /** Commits so far. */
  readonly commits: number;
  /** Hash over all committed batches in order. */
  readonly trace: string;
}

const everything = { rows: Number.POSITIVE_INFINITY, runs: Number.POSITIVE_INFINITY };

/** A new, empty disk; it keeps everything. */
export function simulatedDisk(options: SimulatedDiskOptions = {}): SimulatedDisk {
  const path = 'simulated';
  const state = new MemoryState(everything);
  let commits = 0;
  let trace = '';
  let owner: Group | undefined;

  function commit(batch: Batch): void {
    options.onCommit?.(commits + 1, 'before', batch);
    state.apply(batch);
    commits += 1;
    trace = hash('sha256', trace + textOf(batch), 'base64url');
    options.onCommit?.(commits, 'after', batch);
  }

  function trim(trimmer: Trimmer, keep: Keep): Trimmed {
    options.onTrim?.('before');
    const trimmed = trimmer.trim(keep);
    const { cut } = state.extent();
    if (cut > 0) trace = hash('sha256', `${trace} cut ${cut}`, 'base64url');
    options.onTrim?.('after');
    return trimmed;
  }

  function open(): Journal {
    owner?.fail(troupeError('JOURNAL_IN_USE', { path }));
    const group = groupOf(path);
    const trimmer = new Trimmer(state.trimStore());
    owner = group;
    return {
      ...guardReads(state, group),
      path,
      begin() {
        group.check();
        if (options.isBusy?.() === true) return false;
        group.enter();
        return true;
      },
      commit(batch) {
        group.checkOpen();
        try {
          commit(batch);
        } catch (error) {
          throw group.fail(error);
        }
        group.leave();
      },
      abort() {
        group.checkOpen();
        group.leave();
      },
      trim(keep) {
        group.check();
        if (options.isBusy?.() === true) return undefined;
        return asGroup(group, () => trim(trimmer, keep));
      },
      close: () => void group.close(),
    };
  }

  const told = { commits: () => commits, trace: () => trace };
  return diskOf(open, state, told);
}

/** Field by field: a batch may be any object, with getters too. */
const textOf = (batch: Batch): string =>
  JSON.stringify([
    batch.at,
    batch.rows,
    batch.actors,
    batch.waiting,
    batch.taken,
    batch.steps,
    batch.timersArmed,
    batch.timersCleared,
    batch.dead,
  ]);

const diskOf = (
  open: () => Journal,
  reads: JournalReads,
  told: { readonly commits: () => number; readonly trace: () => string },
): SimulatedDisk => ({
  open,
  reads,
  get commits() {
    return told.commits();
  },
  get trace() {
    return told.trace();
  },
});
