/**
 * Local host: runs the actors of one process on one journal.
 *
 * Commands and events are taken in, actors take turns round robin, and every group of turns ends
 * in one commit; only then its effects are performed, its callers answered and its listeners told.
 * Invariants: commit before effects, always; after a failed commit nothing is acknowledged and
 * nothing runs any more.
 */
import type { Cell, Listener } from '../actor/index.ts';
import type { Clock } from '../clock/index.ts';
import { Timers } from '../delivery/index.ts';
import type { Batch, Journal } from '../journal/index.ts';
import type { ActorEvent, Address, Limits, Logger } from '../protocol/index.ts';
import { isTroupeError, troupeError } from '../protocol/index.ts';
import { Cells } from './cells.ts';
import type { Behaviour, Counts, Fitness, Host, Recovery, Stage } from './engine.ts';
import { type DueEffect, Group, type Numbers, type Tally } from './group.ts';
import { recover } from './recovery.ts';
import { RunQueue } from './run-queue.ts';
import { turn } from './turn.ts';

/** What a local host is made of. */
export interface LocalHostParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly log: Logger;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** Called with each committed batch, for traces and metrics. */
  readonly committed?: ((batch: Batch) => void) | undefined;
}

interface Command {
  readonly run: (stage: Group) => void;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Runs the actors of one process. */
export class LocalHost implements Host {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Logger;
  readonly journal: Journal;
  readonly #parts: LocalHostParts;
  readonly #cells: Cells;
  readonly #timers = new Timers();
  readonly #numbers: Numbers;
  readonly #tally: Tally = { accepted: 0, applied: 0, dead: 0, refused: 0 };
  readonly #runnable = new RunQueue<Cell>();
  #commands: Command[] = [];
  #answering: Command[] = [];
  #scheduled = false;
  #cancelWake: (() => void) | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #ended: unknown;

  constructor(parts: LocalHostParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.limits = parts.limits;
    this.log = parts.log;
    this.journal = parts.journal;
    this.#cells = new Cells(parts.journal, parts.behaviours);
    this.#numbers = { ...parts.journal.heads() };
  }

  /** Brings back what was live; `fitness` parks what can't go on. Effects follow by `resume`. */
  recover(fitness: Fitness): Recovery {
    return recover(
      {
        cells: this.#cells,
        timers: this.#timers,
        journal: this.journal,
        tally: this.#tally,
        wake: this.#wake,
      },
      fitness,
    );
  }

  /** Performs again what was under way; to be called once, after `recover`. */
  resume(): void {
    for (const cell of [...this.#cells.all()]) {
      if (cell.parked === '' && cell.snapshot.hasTag('active')) this.#resume(cell);
    }
    this.#armWake();
  }

  enter<Value>(call: string, command: (stage: Stage) => Value): Promise<Value> {
    if (this.#ended !== undefined) return Promise.reject(this.#refusal(call));
    return new Promise<Value>((resolve, reject) => {
      let value: Value;
      this.#commands.push({
        run: (stage) => {
          value = command(stage);
        },
        done: () => resolve(value),
        failed: reject,
      });
      this.#schedule();
    });
  }

  tell(to: Address, event: ActorEvent): void {
    if (this.#ended !== undefined) return;
    this.#commands.push({
      run: (stage) => stage.send(to, event),
      done: nothing,
      failed: nothing,
    });
    this.#schedule();
  }

  /** Lets an actor that was parked take turns, and performs again what was under way in it. */
  unpark(address: Address): void {
    const cell = this.#cells.find(address);
    if (cell === undefined || cell.isDone) return;
    this.#wake(cell);
    if (cell.snapshot.hasTag('active')) this.#resume(cell);
  }

  find(address: Address): Cell | undefined {
    return this.#cells.find(address);
  }

  listen(address: Address, listener: Listener): (() => void) | undefined {
    const cell = this.#cells.find(address);
    return cell === undefined || cell.isDone ? undefined : cell.listen(listener);
  }

  counts(): Counts {
    const { accepted, applied, dead, refused } = this.#tally;
    let pending = 0;
    for (const cell of this.#cells.all()) pending += cell.mailbox.size;
    return { accepted, applied, dead, refused, pending };
  }

  /** Ends the host: what waits is refused with `reason`; the journal is closed by its owner. */
  end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#cancelWake?.();
    const waiting = [...this.#answering, ...this.#commands];
    this.#commands = [];
    this.#answering = [];
    for (const command of waiting) command.failed(reason);
    for (const cell of this.#cells.all()) {
      for (const listener of cell.listeners ?? []) this.#guard(() => listener.closed?.(reason));
    }
  }

  /** Lets an actor that has mail take a turn. */
  readonly #wake = (cell: Cell): void => {
    if (cell.queued || !cell.isRunnable) return;
    cell.queued = true;
    this.#runnable.push(cell);
    this.#schedule();
  };

  #schedule(): void {
    if (this.#scheduled || this.#ended !== undefined) return;
    this.#scheduled = true;
    this.clock.soon(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    if (this.#ended !== undefined) return;
    try {
      if (this.journal.begin()) this.#group();
      else this.clock.after(this.limits.busyRetryMs, () => this.#schedule());
    } catch (error) {
      this.#fail(error);
    }
  };

  /** One group, from its first command to its last effect. */
  #group(): void {
    const group = new Group(this.clock.now(), {
      cells: this.#cells,
      timers: this.#timers,
      numbers: this.#numbers,
      tally: this.#tally,
      wake: this.#wake,
    });
    this.#takeDueTimers(group);
    this.#takeCommands(group);
    this.#takeTurns(group);
    this.#commit(group);
    this.#answer();
    this.#tell(group);
    for (const due of group.due) this.#perform(due);
    this.#armWake();
    if (this.#runnable.size > 0 || this.#commands.length > 0) this.#schedule();
  }

  #takeDueTimers(group: Group): void {
    for (const timer of this.#timers.takeDue(group.now)) {
      const cell = this.#cells.findNumber(timer.actor);
      if (cell === undefined || cell.isDone) continue;
      const event = { ...timer.event, at: group.now };
      const mail = { ...group.mailOf(event, {}), timer: timer.timer, arming: timer.arming };
      group.put(cell, mail);
    }
  }

  #takeCommands(group: Group): void {
    const commands = this.#commands;
    this.#commands = [];
    for (const command of commands) {
      try {
        command.run(group);
        this.#answering.push(command);
      } catch (error) {
        command.failed(error);
      }
    }
  }

  #takeTurns(group: Group): void {
    const ports = { tally: this.#tally, log: this.log };
    const until = group.now + this.limits.groupMs;
    for (let turns = 1; turns <= this.limits.groupTurns; turns += 1) {
      const cell = this.#runnable.shift();
      if (cell === undefined) return;
      cell.queued = false;
      turn(group, cell, ports);
      this.#wake(cell);
      if (turns % 32 === 0 && this.clock.now() > until) return;
    }
  }

  #commit(group: Group): void {
    group.close();
    if (group.batch.isEmpty) {
      this.journal.abort();
      return;
    }
    this.journal.commit(group.batch);
    this.#parts.committed?.(group.batch);
  }

  #answer(): void {
    const answering = this.#answering;
    this.#answering = [];
    for (const command of answering) command.done();
  }

  /** Shows what is committed now, and forgets actors that ended. */
  #tell(group: Group): void {
    for (const cell of group.touched) {
      cell.touched = false;
      cell.committed = cell.snapshot;
      const { rows } = cell;
      cell.rows = [];
      for (const listener of [...(cell.listeners ?? [])]) {
        this.#guard(() => {
          if (rows.length > 0) listener.rows?.(rows);
          listener.snapshot?.(cell.committed);
        });
      }
      if (cell.isDone) this.#cells.forget(cell);
    }
  }

  #perform({ cell, effect }: DueEffect): void {
    this.#guard(() => this.#cells.behaviourOf(cell.identity.kind).perform?.(cell, effect));
  }

  #resume(cell: Cell): void {
    this.#guard(() => this.#cells.behaviourOf(cell.identity.kind).resume?.(cell));
  }

  /** Code of others runs here: its throw is logged and harms nobody. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.log.error('a listener or an effect threw', { error });
    }
  }

  #armWake(): void {
    const due = this.#timers.nextDue() ?? Number.POSITIVE_INFINITY;
    if (due === this.#wakeAt) return;
    this.#cancelWake?.();
    this.#wakeAt = due;
    if (due === Number.POSITIVE_INFINITY) return;
    this.#cancelWake = this.clock.after(Math.max(0, due - this.clock.now()), () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#schedule();
    });
  }

  #fail(error: unknown): void {
    const failure = isTroupeError(error)
      ? error
      : troupeError('BROKEN_INVARIANT', { invariant: 'a group ends', found: String(error) }, error);
    this.log.error('the host failed', { error: failure });
    this.end(failure);
  }

  #refusal(call: string): unknown {
    return isTroupeError(this.#ended, 'STOPPED')
      ? troupeError('STOPPED', { state: 'stopped', call })
      : this.#ended;
  }
}

function nothing(): void {}
