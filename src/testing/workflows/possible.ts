/**
 * What is possible in a plan, by looking at each step alone: which ends it can have when the steps
 * that it waits for end in any of their ways, however those hang together. What is impossible here
 * is impossible; the contrary need not be true.
 */
import { ends, exceeds, isFine, wavesOf } from '../../policies/index.ts';
import type { Condition } from '../../protocol/index.ts';
import type { EndLetter, Terrain } from './explore.ts';

/** A letter of a step that has ended. */
export type EndedLetter = EndLetter | 'O';

/** For each step the ends that it can have; one that can never begin has none but `O`. */
export function possibleEnds(terrain: Terrain): readonly ReadonlySet<EndedLetter>[] {
  const possible: ReadonlySet<EndedLetter>[] = terrain.plan.steps.map(() => new Set());
  for (const step of wavesOf(terrain.plan).flat()) possible[step] = endsOf(terrain, step, possible);
  return possible;
}

/** Whether a step can begin when those that it waits for have these ends to choose from. */
export const canBegin = (
  terrain: Terrain,
  step: number,
  possible: readonly ReadonlySet<EndedLetter>[],
): boolean => isAffordable(terrain, step) && conditionOf(terrain, step, possible).canHold;

/** Whether the budget of the whole can bear what a step says that it costs. */
export function isAffordable({ plan, rules }: Terrain, step: number): boolean {
  const cost = plan.steps[step]?.cost ?? 0;
  return rules.budget === undefined || !exceeds(cost, rules.budget);
}

function endsOf(
  terrain: Terrain,
  step: number,
  possible: readonly ReadonlySet<EndedLetter>[],
): ReadonlySet<EndedLetter> {
  const { canHold, canFail } = conditionOf(terrain, step, possible);
  const own = canHold && isAffordable(terrain, step) ? (terrain.ends[step] ?? []) : [];
  return new Set<EndedLetter>([...own, ...(canFail ? (['O'] as const) : [])]);
}

/** Whether a condition can come out true, and whether false. */
interface Outlook {
  readonly canHold: boolean;
  readonly canFail: boolean;
}

function conditionOf(
  { plan, rules }: Terrain,
  step: number,
  possible: readonly ReadonlySet<EndedLetter>[],
): Outlook {
  const { runsWhen, after = [] } = plan.steps[step] ?? {};
  const over = (about: number, holds: (letter: EndedLetter) => boolean): Outlook => {
    const all = [...(possible[about] ?? [])];
    return { canHold: all.some(holds), canFail: all.some((letter) => !holds(letter)) };
  };
  const fine = (about: number): Outlook =>
    over(about, (letter) => isFine(plan, rules, about, letter));
  const outlook = (condition: Condition): Outlook => {
    if (condition === 'always') return { canHold: true, canFail: false };
    if (typeof condition === 'number') return fine(condition);
    if ('all' in condition) return every(condition.all.map(outlook));
    if ('any' in condition) return some(condition.any.map(outlook));
    return over(condition.step, (letter) => isAmong(letter, condition.is));
  };
  const all = every(after.map(fine));
  const own = runsWhen === undefined ? all : outlook(runsWhen);
  // What it waits for must end at all.
  const isEver = after.every((before) => (possible[before]?.size ?? 0) > 0);
  return isEver ? own : { canHold: false, canFail: false };
}

const isAmong = (letter: EndedLetter, is: readonly string[]): boolean =>
  is.includes(ends[letter] ?? '');

const every = (parts: readonly Outlook[]): Outlook => ({
  canHold: parts.every(({ canHold }) => canHold),
  canFail: parts.some(({ canFail }) => canFail),
});

const some = (parts: readonly Outlook[]): Outlook => ({
  canHold: parts.some(({ canHold }) => canHold),
  canFail: parts.every(({ canFail }) => canFail),
});
