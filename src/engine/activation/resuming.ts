/**
 * Resuming: performs again what was under way in actors that came back.
 *
 * Who comes back after the start of its process, because others were before it, does as all do at
 * the start: what was accepted before is applied first, for it may be the very result of what was
 * under way; then it is told how long nobody worked, and resumes; until then none of its timers
 * fires. What those turns lead to is performed as ever: others have resumed already, and would not
 * make up for it. To resume after that is safe, for nobody does anew what is under way.
 */
import type { Cell } from '../../actor/index.ts';

/** What resuming asks of the host. */
export interface ResumingPorts {
  /** Performs again what was under way in an actor. */
  readonly resume: (cell: Cell) => void;
  /** Tells an actor, in a group to come, how long nobody worked for it; then calls `told`. */
  readonly tell: (cell: Cell, told: () => void) => void;
  /** It is back: what was due meanwhile fires. */
  readonly back: (cell: Cell) => void;
}

/** Groups for which more and more mail may hold up who comes back; then it resumes with mail. */
const GROUPS_MAX = 1_000;

/** How far somebody is on the way back. */
interface Return {
  is: 'taking mail' | 'being told' | 'told';
  groups: number;
}

/** The actors that are to resume. */
export class Resuming {
  readonly #ports: ResumingPorts;
  readonly #waiting = new Set<Cell>();
  readonly #returning = new Map<Cell, Return>();

  constructor(ports: ResumingPorts) {
    this.#ports = ports;
  }

  /** Resumes an actor, if something was under way in it. */
  now(cell: Cell): void {
    if (cell.parked === '' && !cell.isDone && cell.isActive) this.#ports.resume(cell);
  }

  /** Resumes an actor when it has no more mail to take: that may be what was under way. */
  later(cell: Cell): void {
    this.#waiting.add(cell);
  }

  /** An actor comes back after the others. */
  returns(cell: Cell): void {
    cell.isReturning = true;
    this.#returning.set(cell, { is: 'taking mail', groups: 0 });
  }

  /** Resumes those that have no more mail to take; whether some are on their way. */
  next(): boolean {
    for (const cell of this.#waiting) {
      if (cell.isRunnable) continue;
      this.#waiting.delete(cell);
      this.now(cell);
    }
    for (const [cell, entry] of this.#returning) this.#step(cell, entry);
    return this.#returning.size > 0;
  }

  #step(cell: Cell, way: Return): void {
    way.groups += 1;
    if (way.is === 'being told') return;
    if (cell.isRunnable && !cell.isDone && way.groups < GROUPS_MAX) return;
    if (way.is === 'taking mail') {
      way.is = 'being told';
      this.#ports.tell(cell, () => {
        way.is = 'told';
        way.groups = 0;
      });
      return;
    }
    this.#returning.delete(cell);
    cell.isReturning = false;
    this.now(cell);
    this.#ports.back(cell);
  }
}
