/**
 * Own: an actor of one of our machines, folded from its rows. What a step only told to its history
 * is an event that no machine knows: it changes nothing.
 */
import type { AnyStateMachine } from 'xstate';
import type { JournalRow } from '../../journal/index.ts';
import { begin, type Decision, type Snapshot, step, textOf } from '../step.ts';

/** An actor of ours as its rows tell it. */
export class OwnReplay {
  readonly #machine: AnyStateMachine;
  #snapshot: Snapshot | undefined;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** What is recorded of it, by its rows; undefined when they don't tell. */
  get state(): unknown {
    return this.#snapshot && JSON.parse(textOf(this.#snapshot));
  }

  /**
   * Takes its next row; gives what it did with it, which is nothing when it can't be told.
   * @param spec of an `init`; undefined when it is not known.
   * @throws what the machine throws.
   */
  take(row: JournalRow, spec: unknown): Decision | undefined {
    if (row.type === 'init') {
      return this.#decided(spec === undefined ? undefined : begin(this.#machine, spec));
    }
    // From here on its spec is another one, and which is not told.
    if (row.type === 'bot.updated') this.#snapshot = undefined;
    if (this.#snapshot === undefined) return undefined;
    return this.#decided(step(this.#snapshot, JSON.parse(row.body)));
  }

  #decided(decision: Decision | undefined): Decision | undefined {
    this.#snapshot = decision?.snapshot;
    return decision;
  }
}
