/**
 * Steps that may start, by urgency: a tree over the places of the plan's order whose nodes hold the
 * least cost below them. To put one in, to take one out and to find the most urgent that can be
 * paid for is one way up or down the tree (segment tree; J. Bentley, "Solutions to Klee's
 * rectangle problems", 1977).
 */
import type { Urgency } from './graph.ts';

/** Nothing waits there. */
const NONE = Number.POSITIVE_INFINITY;

/** A set of steps. */
export class ReadySteps {
  readonly #urgency: Urgency;
  /** Places of the tree's lowest row. */
  readonly #width: number;
  /** Node 1 is the top; those below node n are 2n and 2n + 1. */
  readonly #least: number[];

  constructor(urgency: Urgency) {
    const { length } = urgency.steps;
    this.#urgency = urgency;
    this.#width = length < 2 ? 1 : 2 ** (32 - Math.clz32(length - 1));
    this.#least = new Array<number>(2 * this.#width).fill(NONE);
  }

  /** The least cost of a step that may start; infinite when there is none. */
  get leastCost(): number {
    return this.#least[1] ?? NONE;
  }

  add(step: number, cost: number): void {
    this.#put(step, cost);
  }

  remove(step: number): void {
    this.#put(step, NONE);
  }

  /** The place of the most urgent step that costs at most this; undefined when there is none. */
  firstPlace(costMax: number): number | undefined {
    // With any budget at all, what is not there is too dear.
    const bound = Math.min(costMax, Number.MAX_VALUE);
    if (this.leastCost > bound) return undefined;
    let node = 1;
    while (node < this.#width) {
      node *= 2;
      if ((this.#least[node] ?? NONE) > bound) node += 1;
    }
    return node - this.#width;
  }

  #put(step: number, cost: number): void {
    const least = this.#least;
    let node = this.#width + (this.#urgency.places[step] ?? 0);
    least[node] = cost;
    for (node >>>= 1; node > 0; node >>>= 1) {
      const now = Math.min(least[2 * node] ?? NONE, least[2 * node + 1] ?? NONE);
      if (least[node] === now) return;
      least[node] = now;
    }
  }
}
