/** Ends of steps to come, the earliest first: a binary heap (J. Williams, "Heapsort", 1964). */

/** The end of a step, in milliseconds from now. */
export interface ComingEnd {
  readonly at: number;
  readonly step: number;
}

/** What will end. */
export class Agenda {
  readonly #heap: ComingEnd[] = [];

  /** When the next one ends; infinite when nothing is under way. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(end: ComingEnd): void {
    const heap = this.#heap;
    let place = heap.push(end) - 1;
    while (place > 0) {
      const above = (place - 1) >>> 1;
      if (!this.#isLater(above, place)) return;
      this.#swap(above, place);
      place = above;
    }
  }

  /** Takes out the next one; those of one time in the order of the plan. */
  take(): ComingEnd | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const lower = this.#isLater(left, left + 1) ? left + 1 : left;
      if (!this.#isLater(place, lower)) return first;
      this.#swap(place, lower);
      place = lower;
    }
  }

  #isLater(place: number, than: number): boolean {
    const [one, other] = [this.#heap[place], this.#heap[than]];
    if (one === undefined || other === undefined) return false;
    return one.at === other.at ? one.step > other.step : one.at > other.at;
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap;
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return;
    heap[one] = b;
    heap[other] = a;
  }
}
