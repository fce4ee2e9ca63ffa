/**
 * Exploring: everything that can happen, breadth first, so that the first story that leads to a
 * moment is a shortest one. Two moments are one when their snapshots, waiting timers and actors are
 * the same, and the later one can do nothing in time that the earlier one could not.
 */
import type { Bounds } from '../check.ts';
import type { Choices } from './model/choices.ts';
import { keyOf } from './model/model.ts';
import { isWithin } from './model/zone.ts';
import type { Spot, Telling } from './telling.ts';

/** A moment that was reached. */
export interface Node extends Spot {
  readonly number: number;
  /** What told it from others when it was reached. */
  readonly key: string;
  /** Numbers of moments that follow. */
  readonly to: Set<number>;
  /** Whether something that can happen there takes a transition. */
  moves: boolean;
  /** Whether all that follows is known. */
  isKnown: boolean;
  /** Whether something that can happen there throws: nobody knows what follows. */
  throws: boolean;
}

/** What was reached, and whether that is all. */
export interface Explored {
  readonly nodes: readonly Node[];
  readonly isExhausted: boolean;
  /** Whether the bounds left something out. */
  readonly isCut: boolean;
}

/** Explores from all inputs. @param deepest steps from the start, at most */
export function explore(
  telling: Telling,
  choices: Choices,
  inputs: readonly unknown[],
  bounds: Bounds,
  deepest: number,
): Explored {
  return new Exploration(telling, choices, bounds, deepest).from(inputs);
}

/** Steps that don't come to rest take long: so many of them are enough. */
const ENDLESS_MAX = 20;

/** Where more timers wait, nobody goes on: what is known of their order takes long to find. */
const TIMERS_MAX = 20;

/** Of moments with large contexts fewer are looked at: length of their texts together. */
const SIZE_MAX = 20_000_000;

/** Of one moment, so many that differ only in when timers are due. */
const ZONES_MAX = 50;

class Exploration {
  readonly #telling: Telling;
  readonly #choices: Choices;
  readonly #bounds: Bounds;
  readonly #deepest: number;
  /** Length of all texts of moments. */
  #size = 0;
  readonly #nodes: Node[] = [];
  readonly #known = new Map<string, Node[]>();

  constructor(telling: Telling, choices: Choices, bounds: Bounds, deepest: number) {
    this.#deepest = deepest;
    this.#telling = telling;
    this.#choices = choices;
    this.#bounds = bounds;
  }

  from(inputs: readonly unknown[]): Explored {
    for (const input of inputs) {
      const spot = this.#telling.begin(input);
      if (spot !== undefined) this.#add(spot);
    }
    for (let next = 0; next < this.#nodes.length; next += 1) {
      const node = this.#nodes[next];
      if (node === undefined || this.#telling.endless >= ENDLESS_MAX) break;
      const { trail, moment } = node;
      const isFar = trail.depth >= this.#deepest || moment.timers.length > TIMERS_MAX;
      if (!isFar) this.#expand(node);
    }
    const nodes = this.#nodes;
    const isExhausted = nodes.every(({ isKnown }) => isKnown);
    return { nodes, isExhausted, isCut: !isExhausted };
  }

  #expand(node: Node): void {
    let isKnown = true;
    for (const step of this.#choices.at(node.moment)) {
      const spot = this.#telling.go(node, step);
      if (spot === undefined) {
        node.throws = true;
        continue;
      }
      if (spot.taken.length > 0) node.moves = true;
      const to = this.#add(spot);
      if (to === undefined) isKnown = false;
      else node.to.add(to.number);
    }
    node.isKnown = isKnown;
    if (keyOf(node.moment) !== node.key) this.#telling.changedInPlace(node);
  }

  /** The node of a moment; undefined when there is no room for it. */
  #add(spot: Spot): Node | undefined {
    const { moment } = spot;
    const key = keyOf(moment);
    const alike = this.#known.get(key) ?? [];
    const found = alike.find((node) => isWithin(moment.zone, node.moment.zone));
    if (found !== undefined) return found;
    this.#size += key.length;
    const isFull = this.#nodes.length >= this.#bounds.states || this.#size > SIZE_MAX;
    if (isFull || alike.length >= ZONES_MAX) {
      if (alike.length === 0) this.#telling.look(spot);
      return undefined;
    }
    const isOver = moment.snapshot.status !== 'active';
    const number = this.#nodes.length;
    const to = new Set<number>();
    const node = { ...spot, number, key, to, moves: false, isKnown: isOver, throws: false };
    this.#nodes.push(node);
    this.#known.set(key, [...alike, node]);
    this.#telling.look(spot);
    return node;
  }
}
