/** A list, numbered from 1, that keeps its newest items. */

/** Cut when twice too long, so that dropping costs one copy for each item kept. */
export class Newest<Item> {
  readonly #bound: number;
  readonly #onDrop: (item: Item) => void;
  #items: Item[] = [];
  #dropped = 0;

  /** Keeps `bound` items; `Infinity` keeps all. `dropped` hears of those that the bound drops. */
  constructor(bound: number, dropped: (item: Item) => void = () => {}) {
    this.#bound = bound;
    this.#onDrop = dropped;
  }

  push(item: Item): void {
    this.#items.push(item);
    if (this.#items.length < 2 * this.#bound) return;
    const first = this.#first;
    for (const item of this.#items.slice(0, first)) this.#onDrop(item);
    this.#dropped += first;
    this.#items = this.#items.slice(first);
  }

  /** The item of that number, unless it was dropped. */
  at(number: number): Item | undefined {
    const index = number - this.#dropped - 1;
    return index < this.#first ? undefined : this.#items[index];
  }

  /** Items from that number on, at most `limit`. */
  from(number: number, limit: number): Item[] {
    const start = Math.max(this.#first, number - this.#dropped - 1);
    return this.#items.slice(start, start + limit);
  }

  /** How many came before those that count. */
  get cut(): number {
    return this.#dropped + this.#first;
  }

  /** Drops the items up to that number. */
  cutTo(number: number): void {
    if (number <= this.cut) return;
    this.#items = this.#items.slice(number - this.#dropped);
    this.#dropped = number;
  }

  /** The newest `limit`, oldest first. */
  last(limit: number): Item[] {
    return this.#items.slice(Math.max(this.#first, this.#items.length - limit));
  }

  /** Where the items that count begin; those before wait for the next cut. */
  get #first(): number {
    return Math.max(0, this.#items.length - this.#bound);
  }
}
