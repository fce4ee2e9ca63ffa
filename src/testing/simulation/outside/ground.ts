/**
 * The ground that a world stands on. It is simulated, but for who plays a script with real
 * processes: there the disk is a file, a crash is a kill, and what the world knows is kept for the
 * next process.
 */
import type { ClockPlace } from '../../../clock/index.ts';
import type { Batch, Journal, JournalReads } from '../../../journal/index.ts';
import type { Happening } from '../played.ts';
import type { CallRecord, RequestRecord } from '../sight.ts';

/** Called around each commit, as `simulatedDisk` does; a throw is a crash there. */
export type OnCommit = (commit: number, moment: 'before' | 'after', batch: Batch) => void;

/** A disk that outlives processes. */
export interface Disk {
  open(): Journal | Promise<Journal>;
  readonly reads: JournalReads;
  readonly commits: number;
  /** Hash over all committed batches; empty when nobody keeps one. */
  readonly trace: string;
}

/** What a world knows, as plain data. */
export interface KeptWorld {
  readonly life: number;
  readonly isHealed: boolean;
  readonly clock: ClockPlace;
  readonly commits: number;
  readonly calls: readonly CallRecord[];
  /** Without their arguments, which need not be JSON. */
  readonly requests: readonly RequestRecord[];
  readonly happenings: readonly Happening[];
  /** Places in the script of the faults that have struck. */
  readonly struck: readonly number[];
}

/** What to stand on in place of the simulation. */
export interface Ground {
  disk(onCommit: OnCommit): Disk;
  /** What the process before left; undefined: this is the first. */
  readonly kept?: KeptWorld | undefined;
  /** Ends the process in earnest. */
  crash(): void;
}
