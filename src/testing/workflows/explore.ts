/**
 * Exploring a plan: which ends its steps come to, by the policy that the runtime itself asks.
 *
 * Breadth first, over all orders of ends, so that the first way found to anything is a shortest;
 * then random stories for what lies deeper. Everything is a state that a run can be in; what was
 * not reached may still be reachable, unless all was looked at.
 */
import { simulatedClock } from '../../clock/index.ts';
import {
  beginPlan,
  endStep,
  ends,
  type PlanState,
  type StepLetter,
  startReady,
  verdictOf,
} from '../../policies/index.ts';
import type { Plan, PlanRules, StepEnd } from '../../protocol/index.ts';
import type { Bounds } from '../check.ts';

/** How a step that was started can end. */
export type EndLetter = 'C' | 'F' | 'X' | 'K';

/** A plan to be explored. */
export interface Terrain {
  readonly plan: Plan;
  readonly rules: PlanRules;
  /** How each step can end once it was started. */
  readonly ends: readonly (readonly EndLetter[])[];
}

/** How often a step came to an end, and the shortest way there that was found. */
export interface Reached {
  readonly hits: number;
  readonly witness: () => readonly string[];
}

/** What was found in a plan. */
export interface Explored {
  readonly reached: (step: number, end: StepEnd) => Reached | undefined;
  /** The way to the beginning of a step; undefined: it never began. */
  readonly started: (step: number) => (() => readonly string[]) | undefined;
  /** The way to a run that fails after this step has completed; undefined: none was found. */
  readonly failsAfter: (step: number) => (() => readonly string[]) | undefined;
  /** Nothing is left that was not looked at. */
  readonly isExhausted: boolean;
}

/** Units of work of an exploration, in letters of states, for each state of its bound. */
const LETTERS_PER_STATE = 400;

/** Explores a plan within bounds. */
export function explore(terrain: Terrain, bounds: Bounds): Explored {
  const notes = new Notes(terrain);
  const isExhausted = exploreAll(terrain, bounds, notes);
  if (!isExhausted) exploreSome(terrain, bounds, notes);
  return {
    reached: (step, end) => notes.reached(step, end),
    started: (step) => notes.started(step),
    failsAfter: (step) => notes.failsAfter(step),
    isExhausted,
  };
}

/** A state, and how it came about. */
interface Place {
  readonly state: PlanState;
  readonly before: Place | undefined;
  readonly step: number;
  readonly letter: EndLetter | undefined;
  readonly depth: number;
}

/** Whether everything within reach was looked at. */
function exploreAll(terrain: Terrain, { states, depth }: Bounds, notes: Notes): boolean {
  const start = beginning(terrain);
  const queue = [start];
  const seen = new Set([keyOf(start.state)]);
  notes.visit(start);
  let work = 0;
  for (const place of queue) {
    const next = successors(terrain, place);
    if (next.length === 0) continue;
    if (place.depth >= depth) return false;
    for (const one of next) {
      work += terrain.plan.steps.length;
      const key = keyOf(one.state);
      if (seen.has(key)) {
        notes.countAgain(one);
        continue;
      }
      if (seen.size >= states || work > states * LETTERS_PER_STATE) return false;
      seen.add(key);
      notes.visit(one);
      queue.push(one);
    }
  }
  return true;
}

/** Random stories; the first is the one in which all goes well. */
function exploreSome(terrain: Terrain, { walks, seed, states }: Bounds, notes: Notes): void {
  const { random } = simulatedClock(seed);
  let work = states * LETTERS_PER_STATE;
  for (let walk = 0; walk < walks && work > 0; walk += 1) {
    const badness = walk === 0 ? 0 : random();
    let place = beginning(terrain);
    notes.visit(place);
    for (;;) {
      const open = isOpen(terrain, place) ? numbersOf(place.state, 'S') : [];
      const step = open[Math.floor(random() * open.length)];
      if (step === undefined) break;
      for (const one of open) notes.couldEnd(place, one);
      const letters = terrain.ends[step] ?? [];
      const isBad = random() < badness;
      const letter = isBad ? letters[Math.floor(random() * letters.length)] : letters[0];
      if (letter === undefined) break;
      place = ended(terrain, place, step, letter);
      notes.visit(place);
      work -= terrain.plan.steps.length;
    }
  }
}

const keyOf = ({ progress, fatal }: PlanState): string => `${progress} ${fatal ?? ''}`;

function beginning({ plan, rules }: Terrain): Place {
  const [state] = startReady(plan, beginPlan(plan), rules);
  return { state, before: undefined, step: -1, letter: undefined, depth: 0 };
}

const isOpen = ({ plan, rules }: Terrain, { state }: Place): boolean =>
  verdictOf(plan, state, rules).is === 'open';

function successors(terrain: Terrain, place: Place): readonly Place[] {
  if (!isOpen(terrain, place)) return [];
  return numbersOf(place.state, 'S').flatMap((step) =>
    (terrain.ends[step] ?? []).map((letter) => ended(terrain, place, step, letter)),
  );
}

function ended({ plan, rules }: Terrain, before: Place, step: number, letter: EndLetter): Place {
  const after = endStep(plan, before.state, rules, { step, letter });
  const [state] = startReady(plan, after, rules);
  return { state, before, step, letter, depth: before.depth + 1 };
}

function numbersOf({ progress }: PlanState, letter: StepLetter): number[] {
  const found: number[] = [];
  for (let at = progress.indexOf(letter); at >= 0; at = progress.indexOf(letter, at + 1))
    found.push(at);
  return found;
}

interface Note {
  hits: number;
  readonly witness: () => readonly string[];
}

/** What was seen on the way. The first note of anything stays: it is the shortest way. */
class Notes {
  readonly #terrain: Terrain;
  readonly #reached = new Map<string, Note>();
  readonly #started = new Map<number, () => readonly string[]>();
  readonly #failed = new Map<number, () => readonly string[]>();

  constructor(terrain: Terrain) {
    this.#terrain = terrain;
  }

  reached(step: number, end: StepEnd): Reached | undefined {
    return this.#reached.get(`${step} ${end}`);
  }

  started(step: number): (() => readonly string[]) | undefined {
    return this.#started.get(step);
  }

  failsAfter(step: number): (() => readonly string[]) | undefined {
    return this.#failed.get(step);
  }

  /** A place that was not seen before. */
  visit(place: Place): void {
    this.countAgain(place);
    const { progress } = place.state;
    const before = place.before?.state.progress ?? '';
    for (let step = 0; step < progress.length; step += 1) {
      const letter = progress[step];
      if (letter === before[step]) continue;
      if (letter === 'O') this.#note(step, 'OMITTED', () => storyOf(this.#terrain, place));
      if (letter === 'S' && !this.#started.has(step))
        this.#started.set(step, () => storyOf(this.#terrain, place));
    }
    this.#noteFailure(place);
  }

  /** The end that led to a place. */
  countAgain(place: Place): void {
    const end = place.letter === undefined ? undefined : ends[place.letter];
    if (end !== undefined) this.#note(place.step, end, () => storyOf(this.#terrain, place));
  }

  /** A step that is under way can end in each of its ways now. */
  couldEnd(before: Place, step: number): void {
    for (const letter of this.#terrain.ends[step] ?? []) {
      const end = ends[letter];
      if (end === undefined || this.#reached.has(`${step} ${end}`)) continue;
      this.#note(step, end, () => [
        ...storyOf(this.#terrain, before),
        `${this.#terrain.plan.steps[step]?.name} ${end}`,
      ]);
    }
  }

  #note(step: number, end: StepEnd, witness: () => readonly string[]): void {
    const key = `${step} ${end}`;
    const found = this.#reached.get(key);
    if (found === undefined) this.#reached.set(key, { hits: 1, witness });
    else found.hits += 1;
  }

  #noteFailure(place: Place): void {
    const { plan, rules } = this.#terrain;
    const { is } = verdictOf(plan, place.state, rules);
    if (is !== 'failed' && is !== 'overspent') return;
    for (const step of numbersOf(place.state, 'C'))
      if (!this.#failed.has(step)) this.#failed.set(step, () => storyOf(this.#terrain, place));
  }
}

/** The ends that led to a place, in order: `find COMPLETED`. */
function storyOf({ plan }: Terrain, place: Place): readonly string[] {
  const story: string[] = [];
  for (let at: Place | undefined = place; at?.letter !== undefined; at = at.before)
    story.push(`${plan.steps[at.step]?.name} ${ends[at.letter]}`);
  return story.reverse();
}
