/** A line of items, first in, first out: its first item costs the same however long it is. */

/** Taken items are let go of when they are half of the list. */
export class Line<Item> {
  #items: Item[] = [];
  #taken = 0;

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const item = this.#items[this.#taken];
    if (this.#taken < this.#items.length) this.#taken += 1;
    if (this.#taken > 32 && this.#taken * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }
}
