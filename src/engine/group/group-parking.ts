/**
 * Parking: an actor that can't go on is kept whole. It takes mail and no turns, and its timers stay
 * armed, until it may go on or ends.
 *
 * Nobody waits in vain for an actor that is parked: to stop or to cancel it takes neither a turn of
 * its machine nor its definition.
 * Invariant: who has ended, or begins a new life, is not parked.
 */
import type { Cell } from '../../actor/index.ts';
import type { ActorEvent } from '../../protocol/index.ts';
import type { Stage } from '../engine.ts';
import { step } from '../step.ts';
import type { TurnStage } from '../turn-stage.ts';
import type { GroupPorts } from './group-ports.ts';

/** Parks the actors of one group, and lets them go on or end. */
export class GroupParking {
  readonly #group: TurnStage & Stage;
  readonly #ports: GroupPorts;

  constructor(group: TurnStage & Stage, ports: GroupPorts) {
    this.#group = group;
    this.#ports = ports;
  }

  park(cell: Cell, reason: string): void {
    cell.parked = reason;
    this.#group.touch(cell);
    this.#group.incident({ about: cell.address, code: 'NOT_DURABLE', message: reason });
    this.endIfTold(cell);
  }

  /** What was due meanwhile fires now. */
  unpark(cell: Cell): void {
    const { actor, address, hosted } = cell;
    cell.parked = '';
    this.#group.touch(cell);
    for (const code of codes) this.#group.closeIncident({ about: address, code });
    if (hosted === undefined) return;
    hosted.dormant = undefined;
    const { timers } = this.#ports;
    for (const timer of timers.list(actor)) if (timer.due <= this.#group.now) timers.arm(timer);
  }

  /** Cancels an actor that takes no turns; false when it takes them, or is told something else. */
  cancel(cell: Cell, event: ActorEvent): boolean {
    if (event.type !== 'run.cancel' || (cell.parked === '' && !cell.isPausing)) return false;
    if (cell.hosted === undefined) this.#cancelOwn(cell, event);
    else this.#ports.lives.cancel(this.#group, cell, event);
    return true;
  }

  /** The stop that waits for an actor which is parked is not to wait for ever. */
  endIfTold(cell: Cell): void {
    const event = cell.mailbox.list().find((mail) => ends.has(mail.event.type))?.event;
    if (event === undefined) return;
    if (cell.hosted === undefined) this.#cancelOwn(cell, event);
    else if (event.type === 'troupe.run.cancel') this.#ports.lives.cancel(this.#group, cell, event);
    else this.#ports.lives.stop(this.#group, cell, 'stopped by its parent');
  }

  /** Lets an actor take what machines sent it, its stop at the end; one that is parked ends. */
  runOut(cell: Cell): void {
    this.#takeAll(cell);
    if (!cell.isDone) this.#ports.lives.stop(this.#group, cell, 'started anew');
  }

  /** What it was told before may name a run below it that is to end with it. */
  #cancelOwn(cell: Cell, event: ActorEvent): void {
    this.unpark(cell);
    this.#takeAll(cell);
    if (!cell.isDone) this.#group.apply(cell, event, step(cell.snapshot, event));
    // What is not over with that, such as an undo, is performed by whoever performs its effects.
    if (!cell.isDone) this.#group.due.push({ cell, effect: { type: 'goOn', params: undefined } });
  }

  #takeAll(cell: Cell): void {
    const { hops } = this.#group;
    while (!cell.isDone && cell.parked === '' && cell.mailbox.hasOfMachines) {
      this.#ports.turn(this.#group, cell);
    }
    this.#group.hops = hops;
  }
}

/** The incidents that tell of an actor that is parked. */
const codes = ['PARKED', 'NOT_DURABLE'] as const;

/** What ends an actor. */
const ends: ReadonlySet<string> = new Set(['run.cancel', 'troupe.run.cancel', 'troupe.stop']);
