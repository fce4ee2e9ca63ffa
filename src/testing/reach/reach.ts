/**
 * Reach: what runs came to, of all that their definitions have: states, transitions and guards of
 * machines, steps of workflows with their ends, handlers and who wrote to them, fault points.
 *
 * It is read from the rows of each run's journal when the run is over, and adds up. The same run
 * reaches the same.
 */
import type { AnyStateMachine } from 'xstate';
import { collectDefinitions } from '../../bots/index.ts';
import type { JournalReads } from '../../journal/index.ts';
import type { Definition } from '../../protocol/index.ts';
import type { Coverage } from '../findings/index.ts';
import type { FaultKind } from '../simulation/script.ts';
import { Charts } from './charts.ts';
import { Counts } from './counts.ts';
import { addFaults, type Struck } from './faults.ts';
import { addMessages, addWork, declareWork } from './work.ts';

/** What is counted beside. */
export interface ReachOptions {
  /** Whether the runtime's own machines count, too (default false). */
  readonly kinds?: boolean | undefined;
  /** Faults that are switched on: of these also the places that they did not strike count. */
  readonly faults?: readonly FaultKind[] | undefined;
}

/** What one run left: its journal; a play also tells which faults struck. */
export type Ran = { readonly journal: JournalReads } & Partial<Struck>;

/** Adds up what runs reach. */
export class Reach {
  readonly #definitions: readonly Definition[];
  readonly #faults: readonly FaultKind[];
  readonly #counts = new Counts();
  readonly #charts: Charts;

  /**
   * @param definitions of the team; those that they use count, too.
   * @throws TroupeError `DUPLICATE_DEFINITION`.
   */
  constructor(
    definitions: readonly (Definition | AnyStateMachine)[],
    { kinds = false, faults = [] }: ReachOptions = {},
  ) {
    this.#definitions = collectDefinitions(definitions).all();
    this.#faults = faults;
    this.#charts = new Charts(this.#definitions, kinds);
    declareWork(this.#definitions, this.#counts);
  }

  /** Adds what a run reached that is over. */
  add({ journal, calls = [], requests = [], struck = [] }: Ran): void {
    this.#charts.add(journal);
    addWork(this.#definitions, journal, this.#counts);
    addMessages(journal, this.#counts);
    addFaults(this.#faults, { calls, requests, struck }, this.#counts);
  }

  /** Ids of machines of which some actor was not followed: they may have been in more states. */
  get unfollowed(): ReadonlySet<string> {
    return this.#charts.unfollowed;
  }

  /** All places, also those that no run reached. */
  get coverage(): Coverage {
    return [...this.#charts.coverage, ...this.#counts.coverage];
  }
}

/** What one run reached. */
export function reachOf(
  run: Ran,
  definitions: readonly (Definition | AnyStateMachine)[],
  options?: ReachOptions,
): Coverage {
  const reach = new Reach(definitions, options);
  reach.add(run);
  return reach.coverage;
}
