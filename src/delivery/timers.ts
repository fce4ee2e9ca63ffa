/**
 * Timers: what is due when, for all actors.
 *
 * A binary heap orders the armings; the journal keeps a row for each until the turn that applies
 * the firing has committed. Each arming has a number: a firing of an older arming, or of one that
 * was cleared, is dropped, so a timer fires once, at once if overdue, and never after `clear`.
 */
import type { ActorEvent } from '../protocol/index.ts';

/** A timer that waits. */
export interface ArmedTimer {
  readonly actor: number;
  readonly timer: string;
  readonly arming: number;
  readonly due: number;
  readonly event: ActorEvent;
}

/** All timers of a host. */
export class Timers {
  readonly #byActor = new Map<number, Map<string, ArmedTimer>>();
  #heap: ArmedTimer[] = [];
  #armed = 0;

  /** How many are armed. */
  get size(): number {
    return this.#armed;
  }

  /** Arms a timer; an earlier one of the same name is replaced. */
  arm(timer: ArmedTimer): void {
    let own = this.#byActor.get(timer.actor);
    if (own === undefined) {
      own = new Map();
      this.#byActor.set(timer.actor, own);
    }
    if (!own.has(timer.timer)) this.#armed += 1;
    own.set(timer.timer, timer);
    push(this.#heap, timer);
    if (this.#heap.length > 2 * this.#armed + sweepAt) this.#sweep();
  }

  /** Clears a timer; false when it was not armed. */
  clear(actor: number, timer: string): boolean {
    const own = this.#byActor.get(actor);
    const cleared = own?.delete(timer) ?? false;
    if (cleared) this.#armed -= 1;
    if (own?.size === 0) this.#byActor.delete(actor);
    return cleared;
  }

  /** The armed timer of a name. */
  find(actor: number, timer: string): ArmedTimer | undefined {
    return this.#byActor.get(actor)?.get(timer);
  }

  /** The names of an actor's armed timers. */
  names(actor: number): string[] {
    return [...(this.#byActor.get(actor)?.keys() ?? [])];
  }

  /** An actor's armed timers. */
  list(actor: number): ArmedTimer[] {
    return [...(this.#byActor.get(actor)?.values() ?? [])];
  }

  /** Whether this very arming still waits. */
  isArmed(actor: number, timer: string, arming: number): boolean {
    return this.#byActor.get(actor)?.get(timer)?.arming === arming;
  }

  /** When the next timer is due; undefined when none waits. */
  nextDue(): number | undefined {
    this.#dropCleared();
    return this.#heap[0]?.due;
  }

  /** Takes the timers that are due, earliest first; they stay armed until cleared. */
  takeDue(now: number): ArmedTimer[] {
    const due: ArmedTimer[] = [];
    for (;;) {
      this.#dropCleared();
      const next = this.#heap[0];
      if (next === undefined || next.due > now) return due;
      pop(this.#heap);
      due.push(next);
    }
  }

  /** Rebuilds the heap without what was cleared, so that it stays in proportion to what waits. */
  #sweep(): void {
    const waiting = this.#heap.filter((one) => this.isArmed(one.actor, one.timer, one.arming));
    this.#heap = [];
    for (const timer of waiting) push(this.#heap, timer);
  }

  #dropCleared(): void {
    let top = this.#heap[0];
    while (top !== undefined && !this.isArmed(top.actor, top.timer, top.arming)) {
      pop(this.#heap);
      top = this.#heap[0];
    }
  }
}

/** Cleared timers that the heap may hold beyond those that wait. */
const sweepAt = 1_024;

const isBefore = (a: ArmedTimer, b: ArmedTimer): boolean =>
  a.due < b.due || (a.due === b.due && a.arming < b.arming);

function push(heap: ArmedTimer[], timer: ArmedTimer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !isBefore(timer, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = timer;
}

function pop(heap: ArmedTimer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let childIndex = index * 2 + 1;
    let child = heap[childIndex];
    const right = heap[childIndex + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      child = right;
      childIndex += 1;
    }
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
}
