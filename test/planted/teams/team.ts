/** Plays on which planted bugs are hunted: a team, the inputs of its scenario, and its faults. */
import type { Troupe } from '../../../src/index.ts';
import type { Play } from '../../../src/testing/simulation/index.ts';
import type { FaultKind } from '../../../src/testing/simulation/script.ts';

/** What the kit plays; the first of its inputs is that of a calm run. */
export interface PlantedTeam extends Omit<Play, 'scenario'> {
  readonly given: readonly unknown[];
  readonly faults: readonly FaultKind[];
  /** What clients do. */
  scenario(troupe: Troupe, given: unknown): unknown;
}
