/**
 * Activation: which actors of a host are in memory, from its start on.
 *
 * A start brings back those that have something to do, the first of them before it is done, the
 * others in waves behind what callers ask for; who is asked for comes at once. All others come
 * when they get mail or a timer of theirs is due, and leave when they are idle and many.
 * Invariant: of an actor in memory all mail and all timers are in memory.
 */
import type { Cell } from '../../actor/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { ArmedTimer, Timers } from '../../delivery/index.ts';
import type { ActorRecord, Journal } from '../../journal/index.ts';
import type { Limits } from '../../protocol/index.ts';
import type { Fitness, Recovery, Stage } from '../engine.ts';
import type { Tally } from '../group/group-ports.ts';
import type { Cells } from '../host/cells.ts';
import { recover, restoreMail, tellTimed } from '../host/recovery.ts';
import { Passivation } from './passivation.ts';
import { Resuming } from './resuming.ts';
import { TimerPages } from './timer-pages.ts';

/** What activation asks of the host. */
export interface ActivationPorts {
  readonly cells: Cells;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly wake: (cell: Cell) => void;
  /** Performs again what was under way in an actor. */
  readonly resume: (cell: Cell) => void;
  /** Does something in the next group. */
  readonly note: (command: (stage: Stage) => void) => void;
}

/** Brings actors to memory and lets them go. */
export class Activation {
  readonly #resuming: Resuming;
  readonly #ports: ActivationPorts;
  readonly #pages: TimerPages;
  readonly #passivation: Passivation;
  /** Between `recover` and `goOn`. */
  #isRecovering = false;
  /** Of those that have something to do, who has a higher number is still to come. */
  #above = Number.POSITIVE_INFINITY;
  #isWaveComing = false;
  #isLookComing = false;

  constructor(ports: ActivationPorts) {
    this.#ports = ports;
    const { cells, timers, journal, clock, limits, resume, note } = ports;
    this.#pages = new TimerPages({
      timers,
      journal,
      eventOf: (body) => cells.eventOf(body),
      isAwake: (actor) => cells.has(actor),
      pageTimers: limits.pageTimers,
    });
    this.#passivation = new Passivation({
      cells: () => cells.all(),
      size: () => cells.size,
      isHeld: (cell) => cells.performerOf(cell.identity.kind).holds?.(cell) === true,
      forget: (cell) => {
        this.#pages.passivate(cell.actor);
        cells.passivate(cell);
      },
      pass: (cell) => cells.pass(cell),
      cellsMax: limits.activeActors,
    });
    this.#resuming = new Resuming({
      resume,
      tell: (cell, told) =>
        note((stage) => {
          tellTimed(stage, cell);
          told();
        }),
      back: ({ actor }) => {
        const now = clock.now();
        for (const timer of timers.list(actor)) if (timer.due <= now) timers.arm(timer);
      },
    });
  }

  /** Whether nothing is performed yet: what was under way is to come back as a whole. */
  get isRecovering(): boolean {
    return this.#isRecovering;
  }

  /**
   * Brings back what was live; `fitness` parks what can't go on.
   * @param isKnown the definitions are those of the last start: only what is parked is judged.
   */
  recover(fitness: Fitness, isKnown: boolean): Recovery {
    this.#isRecovering = true;
    const { cells, journal, limits } = this.#ports;
    const { parked, changed } = recover({ cells, journal }, fitness, isKnown);
    this.#pages.readPage();
    this.#above = 0;
    const live = this.#bringBack(limits.recoveryActors);
    return { live, parked, changed };
  }

  /** What was brought back has resumed; the others follow. */
  goOn(): void {
    this.#isRecovering = false;
    for (const cell of [...this.#ports.cells.all()]) this.#resuming.now(cell);
    this.next();
  }

  /** An actor that was parked goes on: it takes its mail, then resumes. */
  goesOn(cell: Cell): void {
    this.#resuming.later(cell);
    this.#ports.wake(cell);
    this.#resuming.next();
  }

  /** An actor has come from the journal; of one that ended there is nothing to do. */
  loaded(cell: Cell, record: ActorRecord): void {
    const { journal, tally, wake, cells } = this.#ports;
    this.#pages.activate(cell.actor);
    for (const mail of journal.mailOf(cell.actor)) restoreMail({ cells, tally }, cell, mail);
    if (record.active && !this.#isRecovering) this.#resuming.returns(cell);
    wake(cell);
    if (this.#passivation.came()) this.#lookSoon();
  }

  /** When something is due. */
  nextDue(): number | undefined {
    return this.#isRecovering ? undefined : this.#pages.nextDue();
  }

  /** Takes the timers that are due; those of who comes back fire when it is back. */
  takeDue(now: number): { readonly cell: Cell; readonly timer: ArmedTimer }[] {
    if (this.#isRecovering) return [];
    return this.#pages.takeDue(now).flatMap((timer) => {
      const cell = this.#ports.cells.findNumber(timer.actor);
      return cell === undefined || cell.isDone || cell.isReturning ? [] : [{ cell, timer }];
    });
  }

  /** To be called after each group: who came back resumes, others come, who is idle leaves. */
  next(): void {
    const areComing = this.#resuming.next();
    if (this.#isRecovering) return;
    if (!areComing && !this.#isWaveComing && this.#above !== Number.POSITIVE_INFINITY) {
      this.#isWaveComing = true;
      this.#ports.note(() => {
        this.#isWaveComing = false;
        this.#bringBack(this.#ports.limits.waveActors);
      });
    }
    if (this.#passivation.sweep()) this.#lookSoon();
  }

  /** Who only looks at actors brings them to memory, too, and no group may come after that. */
  #lookSoon(): void {
    if (this.#isLookComing || this.#isRecovering) return;
    this.#isLookComing = true;
    this.#ports.note(() => {
      this.#isLookComing = false;
    });
  }

  /** Brings back the next of those that have something to do; how many runs they are. */
  #bringBack(limit: number): number {
    const { cells, journal } = this.#ports;
    const found = journal.busy(this.#above, limit);
    this.#above = found.length < limit ? Number.POSITIVE_INFINITY : (found.at(-1) ?? 0);
    const back = found.flatMap((actor) => cells.findNumber(actor) ?? []);
    return back.filter(({ address }) => address.startsWith('run/')).length;
  }
}
