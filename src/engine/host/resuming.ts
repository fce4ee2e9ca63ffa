/** Resuming: performs again what was under way in actors that came back. */
import type { Cell } from '../../actor/index.ts';

/** The actors that are to resume. */
export class Resuming {
  readonly #resume: (cell: Cell) => void;
  readonly #waiting = new Set<Cell>();

  constructor(resume: (cell: Cell) => void) {
    this.#resume = resume;
  }

  /** Resumes an actor, if something was under way in it. */
  now(cell: Cell): void {
    if (cell.parked === '' && !cell.isDone && cell.isActive) this.#resume(cell);
  }

  /** Resumes an actor when it has no more mail to take: that may be what was under way. */
  later(cell: Cell): void {
    this.#waiting.add(cell);
  }

  /** Resumes those that have no more mail to take. */
  next(): void {
    for (const cell of this.#waiting) {
      if (cell.isRunnable) continue;
      this.#waiting.delete(cell);
      this.now(cell);
    }
  }
}
