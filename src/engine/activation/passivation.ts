/**
 * Passivation: who has nothing to do leaves memory when many are in it, and comes back when it is
 * asked for, gets mail, or a timer of it is due. The journal has all of it.
 *
 * The clock algorithm (Corbató, 1968): actors stand in a circle; the hand passes who was touched
 * since its last round and lets go of who was not. Nobody leaves who has mail, listeners, code
 * under way, or somebody who holds it.
 */
import type { Cell } from '../../actor/index.ts';

/** What passivation asks of the host. */
export interface PassivationPorts {
  /** Actors in memory, in the order of the circle. */
  readonly cells: () => Iterable<Cell>;
  /** How many there are. */
  readonly size: () => number;
  /** Whether code outside of the host holds an actor. */
  readonly isHeld: (cell: Cell) => boolean;
  /** Lets go of an actor. */
  readonly forget: (cell: Cell) => void;
  /** Puts an actor at the end of the circle. */
  readonly pass: (cell: Cell) => void;
  /** So many may stay. */
  readonly cellsMax: number;
}

/** Actors that the hand passes after one group: twice as many as one group can bring. */
const LOOKS = 1_024;

/** Groups without a look, at most, when nobody could leave: then everybody is busy. */
const REST_MAX = 64;

/** Lets go of actors that have nothing to do. */
export class Passivation {
  readonly #ports: PassivationPorts;
  /** Groups to go until the next look, and how many they were last time. */
  #resting = 0;
  #rest = 0;

  constructor(ports: PassivationPorts) {
    this.#ports = ports;
  }

  /** Somebody came, who may be idle; whether a look is due. */
  came(): boolean {
    this.#resting = 0;
    return this.isDue;
  }

  /** Whether there are more actors in memory than may stay. */
  get isDue(): boolean {
    return this.#ports.size() > this.#ports.cellsMax;
  }

  /**
   * Looks at some actors, if there are too many; to be called between groups. Whether another look
   * would let somebody go.
   */
  sweep(): boolean {
    if (!this.isDue) return false;
    if (this.#resting > 0) {
      this.#resting -= 1;
      return false;
    }
    const isGood = this.#look();
    this.#rest = isGood ? 0 : Math.min(REST_MAX, 2 * this.#rest + 1);
    this.#resting = this.#rest;
    return isGood && this.isDue;
  }

  /** Whether somebody left, or may next time. */
  #look(): boolean {
    const { cells, size, cellsMax, forget, pass, isHeld } = this.#ports;
    const looks = Math.min(LOOKS, size());
    let count = 0;
    let isGood = false;
    for (const cell of cells()) {
      if (count === looks || size() <= cellsMax) return isGood;
      count += 1;
      const isNew = isUsed(cell);
      const isIdle = mayLeave(cell) && !isHeld(cell);
      isGood ||= isIdle;
      if (isIdle && !isNew) forget(cell);
      else pass(cell);
    }
    return isGood;
  }
}

/** Whether it was touched since the last look. */
function isUsed(cell: Cell): boolean {
  const { isUsed: was } = cell;
  cell.isUsed = false;
  return was;
}

const mayLeave = (cell: Cell): boolean =>
  !staying.has(cell.identity.kind) &&
  cell.mailbox.size === 0 &&
  (cell.listeners === undefined || cell.listeners.size === 0) &&
  !cell.queued &&
  !cell.isReturning &&
  (cell.parked !== '' || !cell.isActive);

/** Those of which a team has few, and which are asked all the time. */
const staying: ReadonlySet<string> = new Set(['system', 'bot', 'inbox', 'supervisor']);
