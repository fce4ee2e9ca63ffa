/** Alarm: one call of the clock, for whatever is due next. */
import type { Clock } from '../clock/index.ts';

/** Rings when what is due next is due. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #due = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets it, in milliseconds since 1970, to a time that takes the place of the one before. */
  set(due: number | undefined): void {
    const next = due ?? Number.POSITIVE_INFINITY;
    if (next === this.#due) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#due = next;
    if (due === undefined) return;
    this.#cancel = this.#clock.after(Math.max(0, due - this.#clock.now()), () => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }
}
