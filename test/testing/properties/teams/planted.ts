/** A mistake that is planted in a small team, and the law that it breaks. */
import type { PropertyResult } from 'troupe/testing';

/** What the tests add to the options of a team. */
export interface Extra {
  readonly path?: string;
  readonly runs: number;
  readonly seed: number;
}

/** A team with a mistake. */
export interface Planted {
  readonly name: string;
  readonly law: string;
  /** Checks the team with its mistake, or mended. */
  play(isMended: boolean, extra: Extra): Promise<PropertyResult>;
}
