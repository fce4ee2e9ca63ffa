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
import { type Group, groupOf, guardReads } from './group.ts';
import type { Batch, Journal, JournalReads } from './journal.ts';
import { MemoryState } from './memory/state.ts';

/** Faults of a simulated disk. */
export interface SimulatedDiskOptions {
  /**
   * Called around each commit with its number, 1, 2, 3 ... over the disk's life. A throw is a
   * crash there: `before` loses the batch, `after` keeps it and only the acknowledgement is lost.
   */
  readonly onCommit?: (commit: number, moment: 'before' | 'after', batch: Batch) => void;
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

/** A new, empty disk; it keeps everything. */
export function simulatedDisk(options: SimulatedDiskOptions = {}): SimulatedDisk {
  const path = 'simulated';
  const everything = Number.POSITIVE_INFINITY;
  const state = new MemoryState({ rows: everything, runs: everything });
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

  function open(): Journal {
    owner?.fail(troupeError('JOURNAL_IN_USE', { path }));
    const group = groupOf(path);
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
      close: () => void group.close(),
    };
  }

  return {
    open,
    reads: state,
    get commits() {
      return commits;
    },
    get trace() {
      return trace;
    },
  };
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
