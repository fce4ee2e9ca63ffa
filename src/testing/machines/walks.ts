/**
 * Walks: random stories, for what lies deeper than exploring went. Every other one goes on from a
 * moment at the edge of what was explored, and in each of them some things never happen, so that
 * others happen more often (A. Groce et al., Swarm testing, 2012). What they find is made shorter
 * by leaving out steps.
 */
import type { AnyStateMachine } from 'xstate';
import type { Bounds, CheckOptions } from '../check.ts';
import type { Explored } from './explore.ts';
import type { Ledger } from './ledger.ts';
import type { Choices } from './model/choices.ts';
import { randomOf } from './model/drawn.ts';
import { eventOf, type Step } from './model/model.ts';
import { stepsOf, type Trail } from './model/trail.ts';
import { type Spot, Telling } from './telling.ts';

/** Walks as often as the bounds say. @param isDeep whether the edge may lie deeper than a walk */
export function walk(
  telling: Telling,
  choices: Choices,
  inputs: readonly unknown[],
  bounds: Bounds,
  { nodes }: Explored,
  isDeep: boolean,
): void {
  const random = randomOf(bounds.seed);
  const edge = nodes.filter(({ isKnown }) => !isKnown);
  for (let count = 0; count < bounds.walks; count += 1) {
    const isFromEdge = count % 2 === 1;
    const first = isFromEdge ? oneOf(edge, random()) : undefined;
    const swarm = new Swarm(random);
    let spot = first ?? telling.begin(oneOf(inputs, random()));
    const deepest = isDeep ? (first?.trail.depth ?? 0) + bounds.depth : bounds.depth;
    while (spot !== undefined && spot.trail.depth < deepest) {
      const step: Step | undefined = swarm.choose(choices.at(spot.moment));
      const next: Spot | undefined = step && telling.go(spot, step);
      if (next !== undefined) telling.look(next);
      spot = next;
    }
  }
}

/** Of what can happen in one walk, a part never does. */
class Swarm {
  readonly #random: () => number;
  readonly #isOff = new Map<string, boolean>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** First what happens, then how: an event with many payloads is not more likely. */
  choose(steps: readonly Step[]): Step | undefined {
    const kinds = new Map<string, Step[]>();
    for (const step of steps) {
      const kind = `${step.do} ${eventOf(step).type}`;
      const list = kinds.get(kind);
      if (list === undefined) kinds.set(kind, [step]);
      else list.push(step);
    }
    const on = [...kinds].filter(([kind]) => !this.#isOffNow(kind));
    const [, chosen] = oneOf(on.length > 0 ? on : [...kinds], this.#random()) ?? [];
    return oneOf(chosen ?? [], this.#random());
  }

  #isOffNow(kind: string): boolean {
    let isOff = this.#isOff.get(kind);
    if (isOff === undefined) {
      isOff = this.#random() < 1 / 3;
      this.#isOff.set(kind, isOff);
    }
    return isOff;
  }
}

const oneOf = <Item>(items: readonly Item[], chance: number): Item | undefined =>
  items[Math.floor(chance * items.length)];

/** So many steps are told again to make a story shorter. */
const RETOLD_MAX = 5_000;

/** A story that shows the same without the steps that it does not need. */
export function shortened(
  machine: AnyStateMachine,
  options: CheckOptions,
  choices: Choices,
  trail: Trail,
  shownIn: (ledger: Ledger) => Trail | undefined,
): Trail {
  let best = trail;
  let retold = 0;
  for (let size = Math.ceil(trail.depth / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.depth - size; at >= 1; at -= size) {
      const steps = stepsOf(best);
      if (at + size >= steps.length) continue;
      retold += steps.length;
      if (retold > RETOLD_MAX) return best;
      const telling = new Telling(machine, options);
      replay(telling, choices, steps.toSpliced(at, size));
      const again = shownIn(telling.ledger);
      if (again !== undefined && again.depth < best.depth) best = again;
    }
  }
  return best;
}

function replay(telling: Telling, choices: Choices, [start, ...steps]: readonly Step[]): void {
  let spot = start?.do === 'start' ? telling.begin(start.input) : undefined;
  for (const step of steps) {
    if (spot === undefined || !choices.allow(spot.moment, step)) return;
    spot = telling.go(spot, step);
    if (spot !== undefined) telling.look(spot);
  }
}
