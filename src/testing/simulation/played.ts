/** Played: what came of one script. */

import type { JournalReads } from '../../journal/index.ts';
import type { Fault, Script } from './script.ts';
import type { CallRecord, RequestRecord } from './sight.ts';

/** A law that broke. */
export interface Breach {
  /** The law, or the name that the user gave it. */
  readonly law: string;
  /** What was found instead. */
  readonly found: string;
  /** Number of the commit after which it was seen. */
  readonly commit: number;
}

/** Something that happened and that a story tells, in order. */
export interface Happening {
  /** Milliseconds since 1970, simulated. */
  readonly at: number;
  readonly commit: number;
  /** `request`: the scenario's; `fault`; `person`; `call`: code was called; `life`: a restart. */
  readonly kind: 'request' | 'fault' | 'person' | 'call' | 'life' | 'rest';
  /** In words: `the process ends before commit 5 is durable`. */
  readonly text: string;
  /** Whether the script says so: without it nothing of this would have happened. */
  readonly isScripted: boolean;
}

/** A difference in what code asks when it runs again, or other chance from outside. */
export interface Unrepeatable {
  /** `it asked for step b where it had asked for step a`. */
  readonly what: string;
  /** `finder`, with the place in the source where it is known. */
  readonly where: string;
}

/** What came of a script. */
export interface Played {
  readonly script: Script;
  /** The first law that broke; undefined: all hold. */
  readonly breach: Breach | undefined;
  readonly happenings: readonly Happening[];
  readonly calls: readonly CallRecord[];
  readonly requests: readonly RequestRecord[];
  /** Faults of the script that came to their place. */
  readonly struck: readonly Fault[];
  readonly unrepeatable: readonly Unrepeatable[];
  /** Hash of all commits and all calls: equal exactly when the same happened. */
  readonly trace: string;
  readonly commits: number;
  /** Processes. */
  readonly lives: number;
  /** Questions that people were asked. */
  readonly questions: number;
  /** Calls and timers that the scheduler ran. */
  readonly steps: number;
  /** The disk at the end. */
  readonly journal: JournalReads;
}
