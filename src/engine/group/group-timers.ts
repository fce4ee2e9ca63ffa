/** The timers of a group: what its turns arm and clear, in memory and in the batch. */
import type { Cell } from '../../actor/index.ts';
import type { ArmedTimer, Timers } from '../../delivery/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import type { ActorEvent } from '../../protocol/index.ts';
import type { TimerChange } from '../step.ts';
import type { BatchBuilder } from './batch.ts';
import type { Numbers } from './group-ports.ts';

/** Arms and clears timers as part of one commit. */
export class GroupTimers {
  readonly #now: number;
  readonly #batch: BatchBuilder;
  readonly #timers: Timers;
  readonly #numbers: Numbers;

  constructor(now: number, batch: BatchBuilder, timers: Timers, numbers: Numbers) {
    this.#now = now;
    this.#batch = batch;
    this.#timers = timers;
    this.#numbers = numbers;
  }

  /** Arms a timer, or clears it when no delay is given. */
  change(cell: Cell, change: TimerChange): void {
    if (change.delayMs === undefined || change.event === undefined) {
      this.clear(cell.actor, change.timer);
      return;
    }
    if (change.keepsEarlier === true) this.#setAside(cell, change.timer);
    this.#numbers.arming += 1;
    const due = this.#now + Math.max(0, Math.round(change.delayMs));
    const arming = this.#numbers.arming;
    const { actor } = cell;
    this.#arm(cell, { actor, timer: change.timer, arming, due, event: change.event });
  }

  /** An armed timer goes on under a name that nobody clears. */
  #setAside(cell: Cell, timer: string): void {
    const armed = this.#timers.find(cell.actor, timer);
    if (armed === undefined) return;
    this.clear(cell.actor, timer);
    this.#arm(cell, { ...armed, timer: `~${armed.arming} ${timer}` });
  }

  #arm(cell: Cell, armed: ArmedTimer): void {
    this.#timers.arm(armed);
    const { event, ...row } = armed;
    const { generation } = cell.identity;
    this.#batch.armTimer({ ...row, generation, body: JSON.stringify(event) });
  }

  /** Clears a timer; false when it was not armed. */
  clear(actor: number, timer: string): boolean {
    const cleared = this.#timers.clear(actor, timer);
    if (cleared) this.#batch.clearTimer(actor, timer);
    return cleared;
  }

  clearAll(cell: Cell): void {
    for (const timer of this.#timers.names(cell.actor)) this.clear(cell.actor, timer);
  }

  /** Clears a timer whose firing is taken; false when a newer arming or a clearing overtook it. */
  clearFired(actor: number, { timer, arming }: Pick<Mail, 'timer' | 'arming'>): boolean {
    if (timer === undefined || arming === undefined) return false;
    return this.#timers.isArmed(actor, timer, arming) && this.clear(actor, timer);
  }

  /** What is left of the timers of an actor. */
  left(cell: Cell): { timer: string; delayMs: number; event: ActorEvent }[] {
    return this.#timers.list(cell.actor).map(({ timer, due, event }) => ({
      timer,
      delayMs: Math.max(0, due - this.#now),
      event,
    }));
  }
}
