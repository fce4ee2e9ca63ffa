/** Whole scripts as an arbitrary: everything that the world does in one run. */
import fc from 'fast-check';
import type { FaultKind, Script } from '../../simulation/script.ts';
import { faultsOf, plainRecord } from './faults.ts';
import { peopleOf } from './people.ts';
import type { Places } from './places.ts';

/** What happens in a run beside the input of its scenario. */
export type World = Omit<Script, 'given'>;

/** Scripts for a team with some kinds of faults switched on, without their inputs. */
export const scriptsOf = (kinds: readonly FaultKind[], places: Places): fc.Arbitrary<World> =>
  plainRecord({
    seed: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1_000_000 })),
    faults: faultsOf(kinds, places),
    people: peopleOf(places),
  });
