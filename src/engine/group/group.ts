/**
 * Group: the stage on which turns and commands of one commit work.
 *
 * It collects what they change as one batch of plain data, and the effects that are due once that
 * is durable. Events inside a group reach mailboxes at once: a turn may consume what an earlier
 * turn of the group sent, and only what still waits at the end is written to the inbox.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { Cell, Hosted } from '../../actor/index.ts';
import type { StepRecord } from '../../journal/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import {
  type ActorEvent,
  type Address,
  type DeadReason,
  priorities,
} from '../../protocol/index.ts';
import type { Creation, Incident, Putting, Stage } from '../engine.ts';
import type { TimerLeft } from '../hosted/index.ts';
import { asControl, type HostedCreation } from '../lives/index.ts';
import { type Decision, isDone, type TimerChange } from '../step.ts';
import type { TurnStage } from '../turn-stage.ts';
import { BatchBuilder } from './batch.ts';
import { GroupBirths } from './group-births.ts';
import { GroupLetters, isHostsOwn, mailOf } from './group-letters.ts';
import { GroupParking } from './group-parking.ts';
import { accepted, type DueEffect, type GroupPorts, touched } from './group-ports.ts';
import { GroupTimers } from './group-timers.ts';
import { closeIncident, stageIncident } from './incident.ts';
import { LateRow, rowOf } from './late-texts.ts';
import { settledEvent, stageEffect } from './staged-effects.ts';

/** One group of turns and commands. */
export class Group implements Stage, TurnStage {
  readonly now: number;
  readonly batch: BatchBuilder;
  readonly due: DueEffect[] = [];
  readonly touched: Cell[] = [];
  /** Incidents that are new. */
  readonly opened: Incident[] = [];
  /** Of the message whose turn is staged. */
  hops = 0;
  readonly hopsMax: number;
  /** A number from 0 up to, not including, 1. */
  readonly chance: () => number;
  readonly #ports: GroupPorts;
  readonly #timers: GroupTimers;
  readonly #letters: GroupLetters;
  readonly #births: GroupBirths;
  readonly #parking: GroupParking;
  readonly #fresh: { cell: Cell; mail: Mail }[] = [];
  #staged = 0;

  constructor(now: number, ports: GroupPorts) {
    this.now = now;
    this.batch = new BatchBuilder(now);
    this.#ports = ports;
    this.hopsMax = ports.hopsMax;
    this.chance = ports.chance;
    const { timers, tally, numbers } = ports;
    this.#timers = new GroupTimers(now, this.batch, timers, numbers);
    this.#letters = new GroupLetters(now, this.batch, tally, numbers);
    this.#births = new GroupBirths(this, ports);
    this.#parking = new GroupParking(this, ports);
  }

  /** Rises with whatever is staged. */
  get staged(): number {
    return this.#staged;
  }

  find(address: Address): Cell | undefined {
    return this.#ports.cells.find(address);
  }

  create(creation: Creation): Cell {
    return this.#births.create(creation);
  }

  restart(creation: Creation, from: 'input' | 'snapshot' = 'input'): Cell {
    return this.#births.restart(creation, from);
  }

  renew(cell: Cell): void {
    this.#births.renew(cell);
  }

  enlist(
    creation: HostedCreation,
    generation: number,
    snapshot: AnyMachineSnapshot,
    hosted: Hosted,
  ): Cell {
    return this.#births.enlist(creation, generation, snapshot, hosted);
  }

  runOut(cell: Cell): void {
    this.#parking.runOut(cell);
  }

  stop(cell: Cell, reason: string): void {
    if (cell.hosted !== undefined) this.#ports.lives.stop(this, cell, reason);
    else this.send(cell.address, { type: 'run.cancel', reason, orphan: false });
  }

  incident(incident: Incident): void {
    if (stageIncident(this, incident)) this.opened.push(incident);
  }

  closeIncident(incident: Omit<Incident, 'message'>): void {
    closeIncident(this, incident);
  }

  respecify(cell: Cell, spec: unknown): void {
    this.#births.respecify(cell, spec);
  }

  send(to: Address, event: ActorEvent, putting: Putting = {}): void {
    const cell = this.find(to);
    const timed = 'at' in event ? event : { ...event, at: this.now };
    const stamped = cell?.hosted === undefined ? timed : asControl(timed);
    if (cell === undefined || cell.isDone) {
      const reason = cell === undefined ? 'unknown-recipient' : 'stopped';
      if (!isHostsOwn(stamped, cell)) this.bury(to, stamped, reason, '');
    } else if (!this.#parking.cancel(cell, timed)) this.put(cell, this.mailOf(stamped, putting));
  }

  post(cell: Cell, event: ActorEvent, priority: number = priorities.NORMAL): void {
    this.put(cell, this.mailOf(event, { priority }));
  }

  /** Puts a message into a mailbox. */
  put(cell: Cell, mail: Mail): void {
    this.#staged += 1;
    cell.mailbox.put(mail);
    this.#fresh.push({ cell, mail });
    if (mail.timer === undefined) accepted(this.#ports.tally, cell, mail.event);
    this.#ports.wake(cell);
  }

  mailOf(event: ActorEvent, putting: Putting): Mail {
    return mailOf(this.#ports.numbers, event, putting);
  }

  took(mail: Mail): void {
    this.#letters.took(mail);
  }

  withdraw(to: Address, key: string | Mail, reason: DeadReason = 'withdrawn'): void {
    const mail = this.find(to)?.mailbox.withdraw(key);
    if (mail === undefined) return;
    if (mail.event.type === 'slot.request') this.#letters.drop(mail);
    else this.dead(to, mail, reason, '');
  }

  take(cell: Cell): ActorEvent | undefined {
    return this.#ports.take(this, cell);
  }

  awake(cell: Cell): void {
    this.#births.awake(cell);
  }

  park(cell: Cell, reason: string): void {
    this.#parking.park(cell, reason);
  }

  unpark(cell: Cell): void {
    this.#parking.unpark(cell);
  }

  moveOn(cell: Cell, to: Pick<Creation, 'version' | 'structure'>, event?: ActorEvent): void {
    this.#births.moveOn(cell, to, event);
  }

  endIfTold(cell: Cell): void {
    this.#parking.endIfTold(cell);
  }

  /** Puts an accepted message, which left its mailbox, to the dead letters. */
  dead(to: string, mail: Mail, reason: DeadReason, detail: string): void {
    this.#staged += 1;
    this.#letters.dead(to, mail, reason, detail);
  }

  /** Buries a message whose step threw. Its supervisors are told, unless it is to be parked. */
  poison(cell: Cell, mail: Mail, detail: string, isFailure = true): void {
    this.#staged += 1;
    this.#letters.poison(cell.address, mail, detail);
    if (!isFailure) return;
    for (const watcher of cell.watchers) {
      if (!watcher.startsWith('supervisor/')) continue;
      this.send(watcher, { type: 'child.poisoned', run: cell.address, detail });
    }
  }

  clearFired(actor: number, mail: Pick<Mail, 'timer' | 'arming'>): boolean {
    return this.#timers.clearFired(actor, mail);
  }

  bury(to: string, event: ActorEvent, reason: DeadReason, detail: string): void {
    this.#staged += 1;
    this.#letters.refused(to, event, reason, detail);
  }

  /** Buries a message that was applied, whose handler failed for good. */
  giveUp(to: string, event: ActorEvent, detail: string): void {
    this.#staged += 1;
    this.#letters.write(to, event, 'failed', detail);
  }

  record(cell: Cell, step: string, value: unknown): void {
    this.#staged += 1;
    const body = JSON.stringify(value) ?? '';
    const record: StepRecord = { actor: cell.actor, step, at: this.now, body };
    this.batch.steps.push(record);
  }

  recorded(cell: Cell, step: string): string | undefined {
    const { actor } = cell;
    const own = this.batch.steps.findLast((one) => one.step === step && one.actor === actor);
    return (own ?? this.#ports.cells.recorded(actor, step))?.body;
  }

  touch(cell: Cell): void {
    this.#staged += 1;
    if (cell.touched) return;
    touched(cell);
    this.touched.push(cell);
  }

  /** Stages what a step decided: the row, the new snapshot, timers, effects, the end. */
  apply(cell: Cell, event: ActorEvent, decision: Decision): void {
    this.touch(cell);
    this.row(cell, event, decision.entered.join('>'));
    cell.snapshot = decision.snapshot;
    for (const change of decision.timers) this.#timers.change(cell, change);
    for (const effect of decision.effects) stageEffect(this, this.#ports.cells, cell, effect);
    if (isDone(decision.snapshot)) this.#end(cell);
  }

  changeTimer(cell: Cell, change: TimerChange): void {
    this.#staged += 1;
    this.#timers.change(cell, change);
  }

  clearTimers(cell: Cell): void {
    this.#staged += 1;
    this.#timers.clearAll(cell);
  }

  timersLeft(cell: Cell): TimerLeft[] {
    return this.#timers.left(cell);
  }

  emit(cell: Cell, event: ActorEvent): void {
    this.row(cell, { type: 'troupe.emitted', event }, '');
    if (cell.listeners === undefined) return;
    cell.emitted ??= [];
    cell.emitted.push(event);
  }

  ended(cell: Cell): void {
    this.#letters.ended(cell);
    this.clearTimers(cell);
    if (cell.parked !== '') this.unpark(cell);
  }

  /** Ends the group: what still waits becomes inbox rows, what was touched records. */
  close(): void {
    for (const { cell, mail } of this.#fresh) {
      if (mail.taken || mail.withdrawn || mail.timer !== undefined) continue;
      mail.stored = true;
      this.batch.keepWaiting(cell, mail);
    }
    this.batch.saveActors(this.touched);
  }

  /** Adds to the history of an actor. */
  row(cell: Cell, event: ActorEvent, status: string): void {
    const { numbers } = this.#ports;
    this.#staged += 1;
    numbers.seq += 1;
    const late = new LateRow(cell, numbers.seq, this.now, status, event);
    cell.last = late.seq;
    const isHeard = cell.listeners !== undefined;
    const row = isHeard && late.isAtOnce ? rowOf(late) : late;
    this.batch.addRow(row);
    if (isHeard) cell.rows.push(row);
  }

  /** An ended actor takes no more messages, fires no timer and tells who waits for it. */
  #end(cell: Cell): void {
    this.ended(cell);
    for (const watcher of cell.watchers) {
      this.send(watcher, settledEvent(cell.address, cell.snapshot.output));
    }
    cell.watchers = [];
  }
}
