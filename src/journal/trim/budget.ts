/** Budget: what one piece of work may cost, in rows and in characters. */

/** Bounds a piece of work. The first thing is always within it, however large that is. */
export class Budget {
  #rows: number;
  #chars: number;

  constructor(rows: number, chars: number) {
    this.#rows = rows;
    this.#chars = chars;
  }

  get isSpent(): boolean {
    return this.#rows <= 0 || this.#chars <= 0;
  }

  /** Rows that are left, one at least. */
  get left(): number {
    return Math.max(1, this.#rows);
  }

  /** So many characters more, in one row, or what costs as much as so many. */
  take(chars: number, rows = 1): void {
    this.#rows -= rows;
    this.#chars -= chars;
  }
}
