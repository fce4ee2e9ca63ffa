/**
 * Timer pages: of the timers of actors that are not in memory only those that are due next are.
 *
 * All timers of an actor in memory are in memory; of the others those that are due before the
 * horizon. When that comes, the next page is read. So a million sleeping actors cost nothing, a
 * start reads one page, and timers fire in the order in which they are due.
 */
import type { ArmedTimer, Timers } from '../../delivery/index.ts';
import type { JournalReads, TimerRecord } from '../../journal/index.ts';
import type { ActorEvent } from '../../protocol/index.ts';

/** What paging asks of the host. */
export interface TimerPorts {
  readonly timers: Timers;
  readonly journal: Pick<JournalReads, 'dueAfter' | 'timersBetween' | 'timersOf'>;
  readonly eventOf: (body: string) => ActorEvent;
  /** Whether an actor is in memory. */
  readonly isAwake: (actor: number) => boolean;
  /** Timers of a page. */
  readonly pageTimers: number;
}

/** Reads timers when they are due soon. */
export class TimerPages {
  readonly #ports: TimerPorts;
  /** Timers that are due earlier are in memory, whosever they are. */
  #horizon = Number.NEGATIVE_INFINITY;

  constructor(ports: TimerPorts) {
    this.#ports = ports;
  }

  /** When something is to be done: a timer is due, or the next page. */
  nextDue(): number | undefined {
    const next = this.#ports.timers.nextDue();
    if (this.#horizon === Number.POSITIVE_INFINITY) return next;
    return next === undefined ? this.#horizon : Math.min(next, this.#horizon);
  }

  /** Takes timers that are due, earliest first, a page at most; they stay armed until cleared. */
  takeDue(now: number): ArmedTimer[] {
    if (this.#horizon <= now) this.readPage();
    return this.#ports.timers.takeDue(Math.min(now, this.#horizon - 1));
  }

  /** Reads the next page; timers of one moment stay together. */
  readPage(): void {
    const { journal, pageTimers, isAwake } = this.#ports;
    const since = this.#horizon;
    const last = journal.dueAfter(since, pageTimers);
    this.#horizon = last === undefined ? Number.POSITIVE_INFINITY : last + 1;
    for (const record of journal.timersBetween(since, this.#horizon)) {
      if (!isAwake(record.actor)) this.#arm(record);
    }
  }

  /** Arms all timers of an actor that came to memory. */
  activate(actor: number): void {
    for (const record of this.#ports.journal.timersOf(actor)) this.#arm(record);
  }

  /** Lets go of the timers of an actor that leaves memory, but for those that are due soon. */
  passivate(actor: number): void {
    const { timers, journal, pageTimers } = this.#ports;
    const isFull = timers.size > 2 * pageTimers && this.#horizon === Number.POSITIVE_INFINITY;
    if (isFull) {
      const last = journal.dueAfter(Number.NEGATIVE_INFINITY, pageTimers);
      if (last !== undefined) this.#horizon = last + 1;
    }
    for (const { timer, due } of timers.list(actor)) {
      if (due >= this.#horizon) timers.clear(actor, timer);
    }
  }

  #arm({ actor, timer, arming, due, body }: TimerRecord): void {
    const { timers, eventOf } = this.#ports;
    if (timers.isArmed(actor, timer, arming)) return;
    timers.arm({ actor, timer, arming, due, event: eventOf(body) });
  }
}
