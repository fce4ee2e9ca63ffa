/**
 * The rules by which an audit decides what matters: published, without chance or opinion of the
 * moment. The same facts give the same order.
 *
 * Score of a place:
 * - function: 10 points for being over a threshold at all, and for each measure its excess
 *   (value / threshold - 1, at most 4) times 20 for complexity, 20 for cognitive complexity, 10 for
 *   lines and 5 for parameters. Who imports the file pays too: times 1 + log2(1 + fan-in) / 4.
 *   Half in tests. A flat list of conditions, complex but not over the threshold in cognitive
 *   complexity, gets 5 in place of 20 for it, and 2.5 in place of the 10 if nothing else is over.
 * - clones: 10 x log2(1 + tokens / 50), tokens being those of all copies but one. Half in tests.
 * - cycle: 10 x log2(modules). A quarter when imports of types alone close it.
 * - leftovers: 5 x log2(1 + weight), a todo weighing 1, each other word 2.
 * - a file that can't be parsed: 40, for whatever is wrong in it stays unseen.
 *
 * Pay-off: high from 40 points on, medium from 15, else low. Effort: see `effortOf`.
 */
import { z } from 'zod';
import {
  type ClonePlace,
  type FunctionPlace,
  functionLimits,
  type LeftoverPlace,
  type Place,
} from './places.ts';

/** How much work it is: under an hour, about half a day, days. */
export const Effort = z.enum(['small', 'medium', 'large']);
export type Effort = z.infer<typeof Effort>;

/** How much it helps. */
export const PayOff = z.enum(['high', 'medium', 'low']);
export type PayOff = z.infer<typeof PayOff>;

/** From how many points on the pay-off is that. */
export const payOffFrom = { high: 40, medium: 15 } as const;

/** The score of a place, rounded to a tenth. */
export function scoreOf(place: Place): number {
  return Math.round(10 * rawScore(place)) / 10;
}

function rawScore(place: Place): number {
  if (place.kind === 'function') return functionScore(place);
  if (place.kind === 'clones')
    return 10 * Math.log2(1 + place.tokens / 50) * (place.isTest ? 0.5 : 1);
  if (place.kind === 'cycle')
    return 10 * Math.log2(place.size) * (place.isOfTypes === true ? 0.25 : 1);
  return place.kind === 'leftovers' ? 5 * Math.log2(1 + leftoverWeight(place)) : 40;
}

function functionScore(place: FunctionPlace): number {
  const excess = (measure: keyof typeof functionLimits): number => {
    const value = place[measure];
    return value === undefined ? 0 : Math.min(4, value / functionLimits[measure] - 1);
  };
  const { isFlat = false, lines, params } = place;
  const points =
    (isFlat && lines === undefined && params === undefined ? 2.5 : 10) +
    (isFlat ? 5 : 20) * excess('complexity') +
    20 * excess('cognitive') +
    10 * excess('lines') +
    5 * excess('params');
  return points * (1 + Math.log2(1 + place.fanIn) / 4) * (place.isTest ? 0.5 : 1);
}

const leftoverWeight = ({ terms }: LeftoverPlace): number =>
  Object.entries(terms).reduce((sum, [term, n]) => sum + n * (term === 'todo' ? 1 : 2), 0);

/** The pay-off of a score. */
export function payOffOf(score: number): PayOff {
  if (score >= payOffFrom.high) return 'high';
  return score >= payOffFrom.medium ? 'medium' : 'low';
}

/** The effort that a place takes: by its size alone. */
export function effortOf(place: Place): Effort {
  if (place.kind === 'function') return functionEffort(place);
  if (place.kind === 'clones') return cloneEffort(place);
  if (place.kind === 'cycle') return step(place.size, 3, 10);
  return place.kind === 'leftovers' ? step(leftoverWeight(place), 3, 15) : 'small';
}

/** The largest that any of its measures asks for. */
function functionEffort({ complexity = 0, cognitive = 0, lines = 0 }: FunctionPlace): Effort {
  const efforts = [step(complexity, 15, 40), step(cognitive, 20, 50), step(lines, 80, 200)];
  if (efforts.includes('large')) return 'large';
  return efforts.includes('medium') ? 'medium' : 'small';
}

const cloneEffort = ({ copies, tokens }: ClonePlace): Effort =>
  copies <= 2 ? step(tokens, 300, 2_000) : step(tokens, 200, 1_000);

/** Small up to one bound, medium up to the other. */
function step(value: number, smallMax: number, mediumMax: number): Effort {
  if (value <= smallMax) return 'small';
  return value <= mediumMax ? 'medium' : 'large';
}

/** Places in the order of a report: the highest score first; of equals the smaller effort. */
export function ranked(places: readonly Place[]): Place[] {
  return places
    .map((place) => ({
      place,
      score: scoreOf(place),
      effort: Effort.options.indexOf(effortOf(place)),
      name: nameOf(place),
    }))
    .sort((a, b) => b.score - a.score || a.effort - b.effort || byText(a.name, b.name))
    .map(({ place }) => place);
}

/** Where a place is, as text that editors follow: `src/a.ts:12`. */
export function nameOf(place: Place): string {
  if (place.kind === 'clones') {
    const [first] = place.passages;
    return first === undefined ? '' : `${first.file}:${first.start}`;
  }
  if (place.kind === 'cycle') return place.shortest[0] ?? place.members[0] ?? '';
  return `${place.file}:${place.kind === 'leftovers' ? (place.lines[0] ?? 0) : place.line}`;
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
