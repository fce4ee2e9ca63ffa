/** A planted bug: one place of the sources said otherwise, in a copy. */

/** What is played when bugs are hunted: five teams, most of them with several days. */
export const teamNames = [
  'publishing',
  'orders',
  'two-orders',
  'audited-order',
  'late-order',
  'desk',
  'hints',
  'agent',
  'news',
  'till',
  'account',
  'clerk',
  'helper',
  'typist',
] as const;
/** One of them. */
export type TeamName = (typeof teamNames)[number];

/** A bug as data. */
export interface PlantedBug {
  /** Names it on the command line and in tests. */
  readonly name: string;
  /** What is wrong, as a user would notice it. */
  readonly sentence: string;
  /** The file that is patched, from the root of the repository. */
  readonly file: string;
  /** What stands there, exactly once. */
  readonly from: string;
  /** What stands there instead. */
  readonly to: string;
  /** The play on which it is hunted. */
  readonly team: TeamName;
}
