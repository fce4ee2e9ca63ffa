/**
 * Unkilled: the mutants of a machine that its check lets live. A mutant is killed when its check
 * finds what that of the machine does not: an invariant of the user breaks, a state is reached no
 * more, something throws.
 */
import type { AnyStateMachine } from 'xstate';
import type { CheckResult } from '../check.ts';
import type { Finding } from '../findings/index.ts';
import { type Mutant, type MutantChange, mutantsOf } from './mutants.ts';

/** How many mutants are tried. */
export interface MutationOptions {
  /** At most (default 200); of more, so many are taken, spread over the whole chart. */
  readonly mutants?: number | undefined;
}

/** What came of the mutants. */
export interface MutationResult {
  /** `mutant-lives` for each that nothing noticed. */
  readonly findings: readonly Finding[];
  /** How many there are. */
  readonly all: number;
  /** How many were tried; fewer than all: the others may live, too. */
  readonly tried: number;
  readonly killed: number;
}

/** Each mutant costs a whole check; with these, a machine of fifty transitions is tried whole. */
const MUTANTS_MAX = 200;

/**
 * The mutants that a check lets live.
 * @param check of the machine and then of each mutant, with the same options.
 */
export function unkilledOf(
  machine: AnyStateMachine,
  check: (machine: AnyStateMachine) => Pick<CheckResult, 'findings'>,
  { mutants: max = MUTANTS_MAX }: MutationOptions = {},
): MutationResult {
  const known = countsOf(check(machine).findings);
  const all = mutantsOf(machine);
  const tried = spread(all, max);
  const living = tried.filter((mutant) => !isNew(check(mutant.machine).findings, known));
  const cut = tried.length < all.length ? ` (${tried.length} of ${all.length} were tried)` : '';
  return {
    findings: living.map((mutant) => findingOf(machine, mutant, cut)),
    all: all.length,
    tried: tried.length,
    killed: tried.length - living.length,
  };
}

/** So many of a list, with the same distance from each to the next. */
function spread<Item>(list: readonly Item[], max: number): readonly Item[] {
  if (list.length <= max) return list;
  const share = (at: number): number => Math.floor((at * max) / list.length);
  return list.filter((_, at) => share(at) !== share(at + 1));
}

/** Findings by name. A deleted transition renumbers those beside it: numbers don't count. */
function countsOf(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const names = findings.map(({ code, place }) => `${code}:${place.replace(/\[\d+\]/g, '')}`);
  const grouped = Map.groupBy(names, (name) => name);
  return new Map([...grouped].map(([name, same]) => [name, same.length]));
}

const isNew = (findings: readonly Finding[], known: ReadonlyMap<string, number>): boolean =>
  [...countsOf(findings)].some(([name, count]) => count > (known.get(name) ?? 0));

const advice: Readonly<Record<MutantChange, string>> = {
  'transition deleted': 'what holds only because it is taken',
  'guard inverted': 'what must hold when it is taken, and when it is not',
  'action dropped': 'what it changes or must have done, as the context tells it',
};

function findingOf({ id }: AnyStateMachine, { name, change, place }: Mutant, cut: string): Finding {
  const message =
    `no finding tells the machine from one ${name}${cut}: write an invariant about ` +
    `${advice[change]}, or excuse it, as the two may be equivalent`;
  return { code: 'mutant-lives', definition: id, place, message, witness: [] };
}
