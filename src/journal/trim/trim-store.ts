/** What the trimmer needs of a journal, whatever keeps it. */
import type { Heads } from '../journal.ts';
import type { ActorRecord } from '../records.ts';

/** A row of history, or a dead letter. */
export interface Numbered {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** About how many characters go with it. */
  readonly chars: number;
}

/** An ended run that stands by itself. */
export interface EndedRoot {
  readonly address: string;
  /** Its last row: ended runs are ordered by it. */
  readonly last: number;
  /** When it ended, milliseconds since 1970. */
  readonly at: number;
}

/** An actor of a family. */
export interface Member {
  readonly actor: number;
  readonly address: string;
  readonly done: boolean;
  /** Whether mail waits for it, or a timer of its is armed. */
  readonly isAwaited: boolean;
  readonly chars: number;
}

/** A recorded step, by its size. */
export interface SizedStep {
  readonly step: string;
  readonly chars: number;
}

/** The tables of a journal, as trimming sees them. */
export interface TrimStore {
  heads(): Pick<Heads, 'seq' | 'letter'>;
  /** The oldest rows of history that are kept, oldest first. */
  oldestRows(limit: number): readonly Numbered[];
  /** Cuts all rows up to that one, which is the anchor from then on. */
  cutRows(to: number): void;
  /** The oldest dead letters up to that number, oldest first. */
  oldestLetters(to: number, limit: number): readonly Numbered[];
  /** Cuts all dead letters up to that one, with what was recorded of them. */
  cutLetters(to: number): void;
  /** Of the ended runs whose last row is older than `last` the newest `limit`, and their lowest. */
  endedBelow(last: number, limit: number): { readonly count: number; readonly lowest: number };
  /** The ended runs whose last row is newer than `last`, in order. */
  endedAfter(last: number, limit: number): readonly EndedRoot[];
  isHeld(root: EndedRoot, isHeld: (run: ActorRecord) => boolean): boolean;
  member(address: string): Member | undefined;
  /** Of the family of a run but itself: those whose address comes after `after`, in that order. */
  below(root: string, after: string, limit: number): readonly Member[];
  stepsOf(actor: number, limit: number): readonly SizedStep[];
  dropStep(actor: number, step: string): void;
  /** Drops the record of an actor, and its input. */
  dropActor(actor: number): void;
}
