/**
 * Unkilled: the mutants of a machine that its check lets live. A mutant is killed when its check
 * finds what that of the machine does not: an invariant of the user breaks, a state is reached no
 * more, something throws. Those that no check could kill are left out: effects of which a snapshot
 * tells nothing, and what differs only where the check of the machine never came.
 */
import type { AnyStateMachine } from 'xstate';
import type { CheckResult, Mutants } from '../check.ts';
import { type CoveredPlace, type Finding, missedOf } from '../findings/index.ts';
import { type Mutant, type MutantChange, mutantsOf } from './mutants.ts';

/** How many mutants are tried. */
export interface MutationOptions {
  /** At most (default 200); of more, so many are taken, spread over the whole chart. */
  readonly mutants?: number | undefined;
  /** Hears how many were tried, twenty times at most. */
  readonly progress?: ((tried: number, of: number) => void) | undefined;
}

/** A check of the machine, or of a mutant. */
export type CheckOne = (
  machine: AnyStateMachine,
) => Pick<CheckResult, 'findings'> & Partial<Pick<CheckResult, 'coverage'>>;

/** What came of the mutants. */
export interface MutationResult extends Mutants {
  /** `mutant-lives` for each that nothing noticed. */
  readonly findings: readonly Finding[];
}

/** Each mutant costs a whole check; with these, a machine of fifty transitions is tried whole. */
const MUTANTS_MAX = 200;

/**
 * The mutants that a check lets live.
 * @param check of the machine and then of each mutant, with the same options.
 */
export function unkilledOf(
  machine: AnyStateMachine,
  check: CheckOne,
  { mutants: max = MUTANTS_MAX, progress }: MutationOptions = {},
): MutationResult {
  const { findings, coverage = [] } = check(machine);
  const known = countsOf(findings);
  const all = mutantsOf(machine);
  const isPlace = ({ kind }: CoveredPlace): boolean => kind === 'state' || kind === 'transition';
  const missed = new Set(missedOf(coverage.filter(isPlace)).map(({ place }) => place));
  const {
    never = [],
    effects = [],
    open = [],
  } = Object.groupBy(all, ({ within, hides }) => {
    if (missed.has(within)) return 'never';
    return hides === 'all' ? 'effects' : 'open';
  });
  const tried = spread(open, max);
  const living = tried.filter(({ machine: mutated }, index) => {
    const isKilled = isNew(check(mutated).findings, known);
    if (isTwentieth(index + 1, tried.length)) progress?.(index + 1, tried.length);
    return !isKilled;
  });
  const told = living.filter(({ hides }) => hides === 'nothing');
  const cut = tried.length < open.length ? ` (${tried.length} of ${open.length} were tried)` : '';
  const hidden = living.length - told.length;
  return {
    findings: told.map((mutant) => findingOf(machine, mutant, cut)),
    all: all.length,
    tried: tried.length - hidden,
    killed: tried.length - living.length,
    effects: effects.length + hidden,
    neverReached: never.length,
  };
}

/** Whether another twentieth of the work is done. */
const isTwentieth = (done: number, all: number): boolean =>
  Math.floor((done * 20) / all) > Math.floor(((done - 1) * 20) / all);

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
  'action dropped': 'what it changes or must have done, as context and children tell it',
};

function findingOf({ id }: AnyStateMachine, { name, change, place }: Mutant, cut: string): Finding {
  const message =
    `no finding tells the machine from one ${name}${cut}: write an invariant about ` +
    `${advice[change]}, or excuse it, as the two may be equivalent`;
  return { code: 'mutant-lives', definition: id, place, message, witness: [] };
}
