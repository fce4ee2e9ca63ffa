/**
 * Coverage: which places of definitions were reached, of all that they have. Plain data: two
 * coverages of one definition add up.
 */

/** What is counted. */
export const coverageKinds = [
  'state',
  'transition',
  'guard true',
  'guard false',
  'step',
  'message',
  'fault',
] as const;
/** One of them. */
export type CoverageKind = (typeof coverageKinds)[number];

/** One place and how often it was reached. */
export interface CoveredPlace {
  /** Id of the definition; of a message pair the recipient's; of a fault point empty. */
  readonly definition: string;
  readonly kind: CoverageKind;
  /** As findings name it: `#door.open`, `#door.open on CLOSE[0]`, `publish COMPLETED`. */
  readonly place: string;
  readonly hits: number;
}

/** Places of definitions, reached or not. A place stands there once. */
export type Coverage = readonly CoveredPlace[];

/** The sum of coverages: hits of equal places add up. */
export function sumOf(coverages: readonly Coverage[]): Coverage {
  const sum = new Map<string, CoveredPlace>();
  for (const one of coverages.flat()) {
    const key = JSON.stringify([one.definition, one.kind, one.place]);
    const known = sum.get(key);
    sum.set(key, known === undefined ? one : { ...known, hits: known.hits + one.hits });
  }
  return [...sum.values()];
}

/** The places that nobody reached. */
export const missedOf = (coverage: Coverage): Coverage => coverage.filter(({ hits }) => hits === 0);
