/** The oracle of replaying beside teams that live on a simulated disk. */
import type { Batch } from '../../../src/journal/index.ts';
import type { Definition } from '../../../src/protocol/index.ts';
import type { Oracle, Sight } from '../../../src/testing/index.ts';
import { replayOracle } from '../../../src/testing/reach/index.ts';

/** An oracle that is told of every commit. */
export class Followed {
  readonly oracle: Oracle = replayOracle();
  readonly sight: Sight;
  #commits = 0;

  constructor(definitions: readonly Definition[], journal: () => Sight['journal']) {
    this.sight = {
      definitions,
      get journal() {
        return journal();
      },
      now: () => 0,
      commits: 0,
      life: 1,
      isHealed: true,
      calls: [],
      requests: [],
      errors: [],
    };
  }

  readonly committed = (batch: Batch): void => {
    this.#commits += 1;
    this.oracle.committed?.({ batch, commit: this.#commits }, this.sight);
  };

  recovered(): string | undefined {
    return this.oracle.recovered?.(this.sight);
  }

  rested(): string | undefined {
    return this.oracle.rested?.(this.sight);
  }
}
