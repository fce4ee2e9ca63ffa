/** What is seen of a team that lives on a simulated disk, and a look at it after every commit. */
import type { Troupe } from '../../../src/index.ts';
import type { Batch, Journal } from '../../../src/journal/index.ts';
import type { Sight } from '../../../src/testing/index.ts';

/** A sight that is filled by hand, and what stands between a team and its journal. */
export class Watched implements Sight {
  commits = 0;
  life = 0;
  isHealed = false;
  calls: Sight['calls'] = [];
  readonly requests = [];
  readonly definitions = [];
  readonly errors = [];
  readonly batches: Batch[] = [];
  readonly #look: (troupe: Troupe, sight: Watched) => Promise<void>;
  readonly #looks: Promise<void>[] = [];
  #journal: Journal | undefined;
  #troupe: Troupe | undefined;

  /** @param look is called after each commit, as soon as the team knows of it. */
  constructor(look: (troupe: Troupe, sight: Watched) => Promise<void> = async () => undefined) {
    this.#look = look;
  }

  /** What is committed, also by a process that is dead. */
  get journal(): Journal {
    if (this.#journal === undefined) throw new RangeError('nothing was opened yet');
    return this.#journal;
  }

  now(): number {
    return this.batches.at(-1)?.at ?? 0;
  }

  /** Options of `play` and `voyage`. */
  readonly wrap = (journal: Journal): Journal => {
    this.#journal = journal;
    this.#troupe = undefined;
    this.life += 1;
    const commit = (batch: Batch): void => {
      journal.commit(batch);
      this.commits += 1;
      this.batches.push(batch);
      queueMicrotask(() => this.#seen());
    };
    return { ...journal, commit };
  };
  readonly begins = (troupe: Troupe): void => {
    this.#troupe = troupe;
  };

  /** All looks, with what they threw. */
  async looked(): Promise<number> {
    await Promise.all(this.#looks);
    return this.#looks.length;
  }

  #isAlive(): boolean {
    try {
      return this.journal.heads().seq > 0;
    } catch {
      return false;
    }
  }

  #seen(): void {
    if (this.#troupe === undefined || !this.#isAlive()) return;
    const look = this.#look(this.#troupe, this);
    // It is awaited at the end.
    look.catch(() => undefined);
    this.#looks.push(look);
  }
}
