/**
 * Local host: runs the actors of one process on one journal.
 *
 * Commands and events are taken in, actors take turns round robin, and every group of turns ends
 * in one commit; only then its effects are performed, its callers answered and its listeners told.
 * Invariants: commit before effects, always; after a failed commit nothing is acknowledged and
 * nothing runs any more.
 */
import type { Cell, Listener } from '../../actor/index.ts';
import type { Clock } from '../../clock/index.ts';
import { Alarm, Timers } from '../../delivery/index.ts';
import { isJournalEnd, type Journal } from '../../journal/index.ts';
import type { ActorEvent, Address, Limits, Logger } from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import { Activation } from '../activation/index.ts';
import type { Counts, Fitness, Host, Recovery, Stage } from '../engine.ts';
import { Group } from '../group/group.ts';
import type { DueEffect, GroupPorts, Numbers, Tally } from '../group/group-ports.ts';
import type { Promises } from '../lives/index.ts';
import { type TurnPorts, take, turn } from '../turn.ts';
import type { TurnStage } from '../turn-stage.ts';
import { asFailure, refusal } from './as-failure.ts';
import { Cells } from './cells.ts';
import { Commands } from './commands.ts';
import { commitGroup } from './committing.ts';
import { dueTimer } from './due-timer.ts';
import { tellFailures } from './failures.ts';
import { hostedParts } from './hosted-parts.ts';
import type { LocalHostParts } from './local-host-parts.ts';
import { tellTimed } from './recovery.ts';
import { RunQueue } from './run-queue.ts';
import { shown } from './shown.ts';

/** Runs the actors of one process. */
export class LocalHost implements Host {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly log: Logger;
  readonly journal: Journal;
  /** What users' machines invoked. */
  readonly promises: Promises;
  readonly #parts: LocalHostParts;
  readonly #groupPorts: GroupPorts;
  readonly #turnPorts: TurnPorts;
  readonly #cells: Cells;
  readonly #timers = new Timers();
  readonly #numbers: Numbers;
  readonly #tally: Tally;
  readonly #runnable = new RunQueue<Cell>();
  readonly #commands = new Commands();
  readonly #alarm: Alarm;
  readonly #activation: Activation;
  /** A group is to come, or under way. */
  #scheduled = false;
  #ended: unknown;

  constructor(parts: LocalHostParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.limits = parts.limits;
    this.log = parts.log;
    this.journal = parts.journal;
    const hosted = hostedParts(this, parts, (address) => this.#cells.find(address));
    this.promises = hosted.promises;
    this.#cells = new Cells(parts.journal, parts.behaviours, hosted, (cell, record) =>
      this.#activation.loaded(cell, record),
    );
    this.#numbers = { ...parts.journal.heads() };
    this.#tally = { accepted: 0, applied: 0, dead: 0, refused: 0, traffic: parts.traffic };
    this.#groupPorts = {
      cells: this.#cells,
      timers: this.#timers,
      numbers: this.#numbers,
      tally: this.#tally,
      lives: hosted.lives,
      hopsMax: parts.limits.hops,
      chance: () => parts.clock.random(),
      wake: this.#wake,
      turn: (group, cell) => this.#turn(group, cell),
      take: (group, cell) => take(group, cell, this.#turnPorts),
    };
    this.#turnPorts = { tally: this.#tally, log: parts.log, lives: hosted.lives };
    this.#alarm = new Alarm(parts.clock, () => this.#schedule());
    this.#activation = new Activation({
      ...parts,
      cells: this.#cells,
      timers: this.#timers,
      tally: this.#tally,
      wake: this.#wake,
      resume: (cell) => this.#guard(() => this.#cells.resume(cell)),
      note: (command) => this.note('recover', command),
    });
  }

  /**
   * Brings back what was live; `fitness` parks what can't go on, and is asked about all that lives
   * unless the definitions are those of the last start (`isKnown`). Until `resume` nothing is
   * performed, as if the process had ended after each commit: `resume` makes up for all of it.
   */
  recover(fitness: Fitness, isKnown = false): Recovery {
    return this.#activation.recover(fitness, isKnown);
  }

  /**
   * Performs again what was under way; to be called once, after `recover`. What was accepted
   * before is applied first: it may be the very result of what was under way. No timer fires until
   * then: the time of what was under way stood still.
   */
  async resume(): Promise<void> {
    while (this.#runnable.size > 0) await this.enter('resume', () => undefined);
    await this.enter('resume', (stage) => {
      for (const cell of [...this.#cells.all()]) tellTimed(stage, cell);
    });
    while (this.#runnable.size > 0) await this.enter('resume', () => undefined);
    this.#activation.goOn();
    this.#setAlarm();
  }

  enter<Value>(call: string, command: (stage: Stage) => Value): Promise<Value> {
    if (this.#ended !== undefined) return Promise.reject(refusal(this.#ended, call));
    const answer = this.#commands.ask(call, command);
    this.#schedule();
    return answer;
  }

  /** Does something in the next group, without waiting; nothing once the host has ended. */
  note(call: string, command: (group: Group) => void): void {
    if (this.#ended !== undefined) return;
    this.#commands.note(call, command);
    this.#schedule();
  }

  tell(to: Address, event: ActorEvent): void {
    if (this.#ended !== undefined) return;
    this.#commands.tell(to, event);
    this.#schedule();
  }

  /** Lets an actor that was parked take its mail, then performs again what was under way. */
  unpark(address: Address): void {
    const cell = this.#cells.find(address);
    if (cell?.isDone === false) this.#activation.goesOn(cell);
  }

  find(address: Address): Cell | undefined {
    if (this.#ended !== undefined) throw refusal(this.#ended, 'find');
    return this.#cells.find(address);
  }

  listen(address: Address, listener: Listener): (() => void) | undefined {
    const cell = this.find(address);
    return cell === undefined || cell.isDone ? undefined : cell.listen(listener);
  }

  counts(): Counts {
    const { accepted, applied, dead, refused } = this.#tally;
    return { accepted, applied, dead, refused, pending: this.#cells.pending };
  }

  /** Actors in memory. */
  get residents(): number {
    return this.#cells.size;
  }

  /** The actors in memory, as cells. */
  awake(): Iterable<Cell> {
    return this.#cells.all();
  }

  /** Ends the host: what waits is refused with `reason`; the journal is closed by its owner. */
  end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#alarm.set(undefined);
    this.#commands.refuse(reason);
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

  #schedule(goesOn = false): void {
    if (this.#scheduled || this.#ended !== undefined) return;
    this.#scheduled = true;
    if (goesOn && this.clock.next !== undefined) this.clock.next(this.#run);
    else this.clock.soon(this.#run);
  }

  readonly #run = (): void => {
    if (this.#ended !== undefined) return;
    try {
      if (!this.journal.begin()) {
        this.clock.after(this.limits.busyRetryMs, this.#run);
        return;
      }
      this.#group();
      this.#scheduled = false;
      if (this.#runnable.size > 0 || this.#commands.size > 0) this.#schedule(true);
    } catch (error) {
      this.#fail(error);
    }
  };

  /** One group, from the first timer that is due to its last effect. */
  #group(): void {
    const since = this.#numbers.seq;
    const group = new Group(this.clock.now(), this.#groupPorts);
    this.#takeDueTimers(group);
    const half = this.limits.groupMs / 2;
    this.#repeat(group.now + half, () => this.#takeCommand(group));
    // Turns have a time of their own, whatever commands took.
    const until = Math.max(group.now + 2 * half, this.clock.now() + half);
    this.#repeat(until, () => this.#takeTurn(group));
    this.#guard(commitGroup(group, this.#parts));
    this.#guard(() => tellFailures(group, since, this.log, this.#cells));
    this.#commands.answer();
    for (const tell of shown(group.touched, this.#cells)) this.#guard(tell);
    if (this.#ended !== undefined) return;
    for (const due of group.due) this.#perform(due);
    this.#activation.next();
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#alarm.set(this.#activation.nextDue());
  }

  #takeDueTimers(group: Group): void {
    for (const { cell, timer } of this.#activation.takeDue(group.now)) {
      dueTimer(group, cell, timer, this.#groupPorts.lives);
    }
  }

  /** Repeats what gives false at the end, within the bounds of a group; a few times at least. */
  #repeat(until: number, take: () => boolean): void {
    for (let count = 1; count <= this.limits.groupTurns; count += 1) {
      if (!take()) return;
      if (count % 32 === 0 && this.clock.now() > until) return;
    }
  }

  #takeCommand(group: Group): boolean {
    if (this.#commands.size === 0) return false;
    this.#commands.runNext(group);
    return true;
  }

  /** Round robin: an actor that has more mail waits for its next turn behind all others. */
  #takeTurn(group: Group): boolean {
    const cell = this.#runnable.shift();
    if (cell === undefined) return false;
    cell.queued = false;
    if (cell.parked === '' && !cell.isPausing) this.#turn(group, cell);
    this.#wake(cell);
    return true;
  }

  #turn(group: TurnStage, cell: Cell): void {
    turn(group, cell, this.#turnPorts);
  }

  /** During recovery only users' actions are due: `resume` makes up for all else. */
  #perform({ cell, effect }: DueEffect): void {
    if (this.#activation.isRecovering && effect.type !== 'machine.call') return;
    this.#guard(() => this.#cells.performerOf(cell.identity.kind).perform?.(cell, effect));
  }

  /** Code of others runs here: its throw is logged and harms nobody. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      say(this.log, 'host.threw', { error });
    }
  }

  #fail(error: unknown): void {
    const failure = asFailure(error);
    say(this.log, 'host.failed', { error: failure });
    this.end(failure);
    // The journal did not fail: the group is still open.
    if (!isJournalEnd(failure)) this.#guard(() => this.journal.abort());
  }
}
