/**
 * Walks: random stories, for what lies deeper than exploring went. Every other one goes on from a
 * moment at the edge of what was explored, and in each of them some things never happen, so that
 * others happen more often (A. Groce et al., Swarm testing, 2012). What they find is made shorter
 * by leaving out steps.
 */
import type { AnyStateMachine } from 'xstate';
import type { Bounds, CheckOptions } from '../check.ts';
import type { Explored } from './explore.ts';
import type { Trouble } from './ledger.ts';
import type { Choices } from './model/choices.ts';
import { randomOf } from './model/drawn.ts';
import { eventOf, type Step } from './model/model.ts';
import { stepsOf, type Trail } from './model/trail.ts';
import { type Spot, Telling } from './telling.ts';

/** Walks as often as the bounds say. */
export function walk(
  telling: Telling,
  choices: Choices,
  inputs: readonly unknown[],
  bounds: Bounds,
  { nodes }: Explored,
): void {
  const random = randomOf(bounds.seed);
  const edge = nodes.filter(({ isKnown }) => !isKnown);
  for (let count = 0; count < bounds.walks; count += 1) {
    const isFromEdge = count % 2 === 1;
    const first = isFromEdge ? oneOf(edge, random()) : undefined;
    const swarm = new Swarm(random);
    let spot = first ?? telling.begin(oneOf(inputs, random()));
    while (spot !== undefined && spot.trail.depth < bounds.depth) {
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

/** The same trouble by a story without the steps that it does not need. */
export function shortened(
  machine: AnyStateMachine,
  options: CheckOptions,
  choices: Choices,
  { code, place, trail }: Trouble,
): Trail {
  let best = trail;
  for (let at = best.depth - 1; at >= 1; at -= 1) {
    const steps = stepsOf(best);
    if (at >= steps.length) continue;
    const telling = new Telling(machine, options);
    replay(telling, choices, steps.toSpliced(at, 1));
    const again = telling.ledger.troubles.find((one) => one.code === code && one.place === place);
    if (again !== undefined && again.trail.depth < best.depth) best = again.trail;
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
