/**
 * Slot gate: the way of an activation between its slot and the time without it.
 *
 * While all its open steps are child runs a task is BLOCKED and holds no slot; before its work does
 * anything else it asks for one and waits here. BLOCKED for `suspendAfterMs`, its closure is
 * dropped. Invariant: who waits here goes on only when the task is IN_PROGRESS again.
 */
import type { Cell } from '../../actor/index.ts';
import { type Host, type Stage, statusOf } from '../../engine/index.ts';

/** What the gate stands before. */
export interface GatePorts {
  readonly host: Host;
  readonly cell: Cell;
  readonly attempt: number;
  /** Drops the closure. */
  readonly suspend: () => void;
  /** The slot was kept after all. */
  readonly kept: () => void;
}

/** The gate of one activation. */
export class SlotGate {
  readonly #ports: GatePorts;
  #opened: PromiseWithResolvers<void> | undefined;
  #isAsking = false;
  #arrived: (() => void)[] = [];
  #endTimer: (() => void) | undefined;

  constructor(ports: GatePorts) {
    this.#ports = ports;
  }

  /** Whether the slot was given back, or is about to be. */
  get isClosed(): boolean {
    return this.#opened !== undefined;
  }

  /**
   * Gives the slot back: nothing but child runs is open. Mail that waits for the task may let its
   * work go on, on this slot: then it is kept, or the work would go on without one.
   */
  close(): void {
    const opened = Promise.withResolvers<void>();
    this.#opened = opened;
    opened.promise.catch(() => undefined);
    this.#startTimer();
    const { host, cell, attempt } = this.#ports;
    const block = (stage: Stage): void => {
      if (this.#opened !== opened) return;
      if (cell.mailbox.size > 0) this.#keep();
      else stage.send(cell.address, { type: 'task.block', attempt });
    };
    // A host that ended blocks nobody, and the next one begins the work anew.
    host.enter('block', block).catch(() => undefined);
  }

  /** Asks for the slot. */
  ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { host, cell, attempt } = this.#ports;
    host.tell(cell.address, { type: 'task.resume', attempt });
  }

  /** Waits for the slot. @throws the reason of `end`. */
  async pass(): Promise<void> {
    this.ask();
    await this.#opened?.promise;
  }

  /** Something arrived for the work: it goes on with it, as soon as it may. */
  arrived(goOn: () => void): void {
    this.#arrived.push(goOn);
    const status = statusOf(this.#ports.cell.committed);
    if (status === 'IN_PROGRESS') this.open();
    else if (status === 'BLOCKED') this.ask();
  }

  /** The task is IN_PROGRESS. */
  open(): void {
    this.#endTimer?.();
    this.#isAsking = false;
    this.#opened?.resolve();
    this.#opened = undefined;
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const goOn of arrived) goOn();
  }

  /** The activation is over: who waits here is refused with `reason`, or for good without one. */
  end(reason?: unknown): void {
    this.#endTimer?.();
    if (reason !== undefined) this.#opened?.reject(reason);
  }

  #startTimer(): void {
    const { host } = this.#ports;
    this.#endTimer = host.clock.after(host.limits.suspendAfterMs, () => this.#late());
  }

  /** The commit that blocks the task may be later than a very short time. */
  #late(): void {
    const status = statusOf(this.#ports.cell.committed);
    if (status === 'IN_PROGRESS') this.#startTimer();
    else if (status === 'BLOCKED' && !this.#isAsking) this.#ports.suspend();
  }

  #keep(): void {
    this.open();
    this.#ports.kept();
  }
}
