/** A journal, and the teams that come after each other on it. */
import type { TroupeOptions } from '../../../src/index.ts';
import { newFile } from '../../journal/files.ts';
import { type Team, type TestClock, teamOf, testClock } from '../team.ts';

/** One journal and one clock for one team after the other. */
export interface Place {
  readonly clock: TestClock;
  readonly journal: string;
  /** Ends the team before, with what it is doing, and makes the next one. */
  next(...definitions: NonNullable<TroupeOptions['definitions']>): Promise<Team>;
}

/** A new journal without a team. */
export function onePlace(): Place {
  const journal = newFile();
  const clock = testClock();
  let last: Team | undefined;
  return {
    async next(...definitions) {
      const stopped = last?.troupe.stop({ deadline: 1 });
      await clock.advance(1);
      await stopped;
      last = await teamOf(definitions, { journal, clock });
      await clock.quiet();
      return last;
    },
    clock,
    journal,
  };
}
