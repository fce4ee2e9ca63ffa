/**
 * Oracles: what must hold of every run, whatever the script does. An oracle belongs to one run and
 * remembers what it needs; it says in a sentence what broke, or nothing.
 */
import type { Committed, Sight } from '../simulation/sight.ts';

/** A law and its watcher. */
export interface Oracle {
  /** What holds, as a sentence: `nothing that was acknowledged is lost`. */
  readonly law: string;
  /** After each commit, in order. */
  committed?(what: Committed, sight: Sight): string | undefined;
  /** After each restart, when what was live is live again and before anything new was committed. */
  recovered?(sight: Sight): string | undefined;
  /** When faults have ended and nothing goes on any more, not even with time. */
  rested?(sight: Sight): string | undefined;
}

/** Makes the oracle of one run. */
export type OracleOf = () => Oracle;
