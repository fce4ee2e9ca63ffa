/**
 * The life of an owner's journal, the same for every implementation.
 * Path: idle -> open -> idle ... -> failed or closed, and nothing after that.
 * Invariants: nothing is written outside a group; a journal that failed once refuses everything,
 * so that nothing is acknowledged after a commit that may be lost.
 */
import { troupeError } from '../protocol/index.ts';
import type { JournalReads, JournalRow } from './journal.ts';
import { type JournalEnd, journalEnd } from './trouble/index.ts';

/** Guards the order of calls. Every method throws after a failure and after the end. */
export interface Group {
  /** Nothing but this: the journal can be read. */
  check(): void;
  enter(): void;
  /** A group is open. */
  checkOpen(): void;
  leave(): void;
  /** Ends the journal's life; the error says why, now and at every later call. */
  fail(cause: unknown): JournalEnd;
  hasFailed(): boolean;
  /** False when it was closed before. */
  close(): boolean;
}

/** A new group guard; `path` names the journal in errors. */
export function groupOf(path: string): Group {
  let isOpen = false;
  let isClosed = false;
  let failure: JournalEnd | undefined;
  const check = (): void => {
    if (failure !== undefined) throw failure;
    if (isClosed) throw troupeError('JOURNAL_FAILED', { path, reason: 'it is closed' });
  };
  const expect = (open: boolean): void => {
    check();
    if (isOpen === open) return;
    const found = isOpen ? 'an open group' : 'no open group';
    throw troupeError('BROKEN_INVARIANT', { invariant: 'a journal writes in groups', found });
  };
  return {
    check,
    enter() {
      expect(false);
      isOpen = true;
    },
    checkOpen: () => expect(true),
    leave() {
      isOpen = false;
    },
    fail(cause) {
      failure ??= journalEnd(path, cause);
      return failure;
    },
    hasFailed: () => failure !== undefined,
    close() {
      const first = !isClosed;
      isClosed = true;
      return first;
    },
  };
}

/** Runs what is a group by itself; a throw ends the journal. */
export function asGroup<Value>(group: Group, run: () => Value): Value {
  group.enter();
  try {
    const value = run();
    group.leave();
    return value;
  } catch (error) {
    throw group.fail(error);
  }
}

/** Answers one read; decides from what, and what an error means. */
export type Read = <Found>(from: (reads: JournalReads) => Found) => Found;

/** All reads of the contract by way of one function. */
export const readsBy = (read: Read): JournalReads => ({
  heads: () => read((reads) => reads.heads()),
  byAddress: (address) => read((reads) => reads.byAddress(address)),
  byNumber: (actor) => read((reads) => reads.byNumber(actor)),
  actors: (filter) => read((reads) => reads.actors(filter)),
  waiting: () => read((reads) => reads.waiting()),
  mailOf: (actor) => read((reads) => reads.mailOf(actor)),
  timers: () => read((reads) => reads.timers()),
  timersOf: (actor) => read((reads) => reads.timersOf(actor)),
  timersBetween: (since, until) => read((reads) => reads.timersBetween(since, until)),
  dueAfter: (since, limit) => read((reads) => reads.dueAfter(since, limit)),
  busy: (above, limit) => read((reads) => reads.busy(above, limit)),
  steps: (actor) => read((reads) => reads.steps(actor)),
  step: (actor, step) => read((reads) => reads.step(actor, step)),
  history: (actor, since) => read((reads) => reads.history(actor, since)),
  rows: (since, limit) => read((reads) => reads.rows(since, limit)),
  anchor: () => read((reads) => reads.anchor()),
  extent: () => read((reads) => reads.extent()),
  deadLetters: (limit, before) => read((reads) => reads.deadLetters(limit, before)),
});

/** An owner's reads: refused after a failure or the end; an error of theirs is a failure. */
export const guardReads = (reads: JournalReads, group: Group): JournalReads =>
  readsBy((from) => {
    group.check();
    try {
      return from(reads);
    } catch (error) {
      throw group.fail(error);
    }
  });

/**
 * Checks the numbering of a batch's rows before they are written.
 * @throws TroupeError `BROKEN_INVARIANT`.
 */
export function checkRows(rows: readonly JournalRow[], seq: number): void {
  let expected = seq;
  for (const row of rows) {
    expected += 1;
    if (row.seq === expected && row.previous < row.seq) continue;
    const found = `row ${row.seq} after ${expected - 1}, with ${row.previous} before it`;
    throw troupeError('BROKEN_INVARIANT', { invariant: 'rows are numbered without gaps', found });
  }
}
