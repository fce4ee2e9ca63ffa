/**
 * The oracle of replaying: a machine that read anything else than its events, a row that is missing
 * or one too many, a record that was not written: all of them show when the rows are read again.
 * It looks after each restart and at rest, at all that has changed since.
 */

import type { Oracle } from '../oracles/oracle.ts';
import type { Sight } from '../simulation/sight.ts';
import { Replaying } from './replaying.ts';

/** What it watches. */
export const replayLaw = "a replay of the journal's rows gives the recorded state";

/** A replay of the journal's rows gives the recorded state. */
export function replayOracle(): Oracle {
  let replaying: Replaying | undefined;
  const replayingOf = (sight: Sight): Replaying => {
    replaying ??= new Replaying(() => sight.definitions);
    return replaying;
  };
  const look = (sight: Sight): string | undefined => {
    const misfit = replayingOf(sight).look(sight.journal);
    return misfit && `of ${misfit.record.address.replace(/^run\//, '')} ${misfit.found}`;
  };
  return {
    law: replayLaw,
    committed: ({ batch }, sight) => {
      replayingOf(sight).note(batch);
      return undefined;
    },
    recovered: look,
    rested: look,
  };
}
