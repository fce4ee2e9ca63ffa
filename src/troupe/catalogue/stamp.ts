/**
 * The stamp of definitions: a fingerprint of all of them that fitness depends on. As long as it
 * stays, so does what every record is fit for, and nobody needs to be asked again but those parked.
 *
 * Of code it tells only that it is there: whether a bot has work, from which versions a migration
 * leads. A migration is pure, and whoever goes on by one is of the newer version from then on.
 */
import { machines } from '../../../machines/index.ts';
import type { Definitions } from '../../bots/index.ts';
import { fingerprint } from '../../policies/index.ts';
import { canonicalJson, type Definition, isBot, said } from '../../protocol/index.ts';
import { structureFor } from './fitness.ts';

/** Raised when the rules of fitness change, or what a structure is. */
const rules = 1;

/** A short text; another one whenever what some record is fit for can be another. */
export function definitionsStamp(definitions: Definitions): string {
  const all = Map.groupBy(definitions.all(), ({ id }) => id);
  const own = Object.values(machines).map(({ id, version }) => [id, version ?? '']);
  const given = [...all].map(([id, versions]) => [
    id,
    definitions.latest(id)?.version ?? '',
    versions.map(factsOf),
  ]);
  return fingerprint(canonicalJson({ rules, own, given: given.sort(byFirst) }));
}

/** What of a definition fitness asks. Their order tells which version is newer. */
const factsOf = (definition: Definition): unknown => [
  definition.version,
  structureOrFault(definition),
  isBot(definition) && definition.work !== undefined,
  Object.keys('migrations' in definition ? Object(definition.migrations) : {}).sort(),
];

const byFirst = ([a]: readonly unknown[], [b]: readonly unknown[]): number =>
  String(a) < String(b) ? -1 : 1;

/** What is broken is refused when it is to run, and by that name. */
function structureOrFault(definition: Definition): string {
  try {
    return structureFor(definition);
  } catch (error) {
    return said(error);
  }
}
