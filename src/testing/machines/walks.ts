/**
 * Walks: random stories, for what lies deeper than exploring went. Every other one goes on from a
 * moment at the edge of what was explored. What they find is made shorter by leaving out steps.
 */
import type { AnyStateMachine } from 'xstate';
import type { Bounds, CheckOptions } from '../check.ts';
import type { Explored } from './explore.ts';
import type { Trouble } from './ledger.ts';
import type { Choices } from './model/choices.ts';
import { randomOf } from './model/drawn.ts';
import type { Step } from './model/model.ts';
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
    let spot = first ?? telling.begin(oneOf(inputs, random()));
    while (spot !== undefined && spot.trail.depth < bounds.depth) {
      spot = goOn(telling, choices, spot, random);
    }
  }
}

function goOn(
  telling: Telling,
  choices: Choices,
  spot: Spot,
  random: () => number,
): Spot | undefined {
  const step = oneOf(choices.at(spot.moment), random());
  const next = step && telling.go(spot, step);
  if (next !== undefined) telling.look(next);
  return next;
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
