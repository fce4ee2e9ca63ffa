/**
 * Group: the stage on which turns and commands of one commit work.
 *
 * It collects what they change as one batch of plain data, and the effects that are due once that
 * is durable. Events inside a group reach mailboxes at once: a turn may consume what an earlier
 * turn of the group sent, and only what still waits at the end is written to the inbox.
 */
import { Cell } from '../actor/index.ts';
import type { Timers } from '../delivery/index.ts';
import type { Heads, StepRecord } from '../journal/index.ts';
import { type Mail, machineLane } from '../mailbox/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  type DeadReason,
  type Effect,
} from '../protocol/index.ts';
import { BatchBuilder, rowOf } from './batch.ts';
import type { Cells } from './cells.ts';
import type { Creation, Putting, Stage } from './engine.ts';
import { settledEvent, stageEffect } from './staged-effects.ts';
import { begin, type Decision, isDone, type TimerChange, withSpec } from './step.ts';

/** Numbers given so far; a group goes on from them. */
export type Numbers = { -readonly [Key in keyof Heads]: number };

/** What a group shares with its host. */
export interface GroupPorts {
  readonly cells: Cells;
  readonly timers: Timers;
  readonly numbers: Numbers;
  readonly tally: Tally;
  /** Lets an actor take a turn when it has mail that it can take. */
  readonly wake: (cell: Cell) => void;
}

/** Counts of a host; see `Counts`. */
export interface Tally {
  accepted: number;
  applied: number;
  dead: number;
  refused: number;
}

/** An effect that is due after the commit. */
export interface DueEffect {
  readonly cell: Cell;
  readonly effect: Effect;
}

/** One group of turns and commands. */
export class Group implements Stage {
  readonly now: number;
  readonly batch: BatchBuilder;
  readonly due: DueEffect[] = [];
  readonly touched: Cell[] = [];
  readonly #ports: GroupPorts;
  readonly #fresh: { cell: Cell; mail: Mail }[] = [];
  #staged = 0;

  constructor(now: number, ports: GroupPorts) {
    this.now = now;
    this.batch = new BatchBuilder(now);
    this.#ports = ports;
  }

  /** Rises with whatever is staged. */
  get staged(): number {
    return this.#staged;
  }

  find(address: Address): Cell | undefined {
    return this.#ports.cells.find(address);
  }

  create(creation: Creation): Cell {
    const { cells, numbers } = this.#ports;
    const decision = begin(cells.machineOf(creation.kind), creation.spec);
    numbers.actor += 1;
    const identity = {
      ...creation,
      actor: numbers.actor,
      generation: 1,
      input: JSON.stringify(creation.spec),
      createdAt: this.now,
    };
    const cell = new Cell(identity, decision.snapshot);
    cells.add(cell);
    this.apply(cell, { type: 'init' }, decision);
    return cell;
  }

  restart(creation: Creation): Cell {
    const cell = this.find(creation.address);
    if (cell === undefined) return this.create(creation);
    const decision = begin(this.#ports.cells.machineOf(creation.kind), creation.spec);
    const generation = cell.identity.generation + 1;
    const input = JSON.stringify(creation.spec);
    cell.identity = { ...cell.identity, ...creation, generation, input };
    this.clearTimers(cell);
    this.#ports.cells.add(cell);
    this.apply(cell, { type: 'init' }, decision);
    return cell;
  }

  respecify(cell: Cell, spec: unknown): void {
    cell.identity = { ...cell.identity, input: JSON.stringify(spec) };
    cell.snapshot = withSpec(cell.snapshot, spec);
    this.touch(cell);
  }

  send(to: Address, event: ActorEvent, putting: Putting = {}): void {
    const stamped = 'at' in event ? event : { ...event, at: this.now };
    const cell = this.find(to);
    if (cell === undefined) this.bury(to, stamped, 'unknown-recipient', '');
    else if (cell.isDone) this.bury(to, stamped, 'stopped', '');
    else this.put(cell, this.mailOf(stamped, putting));
  }

  /** Puts a message into a mailbox. */
  put(cell: Cell, mail: Mail): void {
    this.#staged += 1;
    cell.mailbox.put(mail);
    this.#fresh.push({ cell, mail });
    if (mail.timer === undefined) this.#ports.tally.accepted += 1;
    this.#ports.wake(cell);
  }

  mailOf(event: ActorEvent, putting: Putting): Mail {
    const { numbers } = this.#ports;
    numbers.mail += 1;
    return {
      event,
      lane: putting.priority ?? machineLane,
      gated: putting.gated ?? false,
      key: putting.key ?? '',
      expiresAt: putting.expiresAt ?? 0,
      number: numbers.mail,
      stored: false,
      withdrawn: false,
      taken: false,
    };
  }

  /** Notes that a message left its mailbox. */
  took(mail: Mail): void {
    if (mail.stored) this.batch.taken.push(mail.number);
  }

  /** Takes back a gated message that still waits. */
  withdraw(to: Address, key: string): void {
    const mail = this.find(to)?.mailbox.withdraw(key);
    if (mail !== undefined) this.dead(to, mail, 'withdrawn', '');
  }

  /** Puts an accepted message, which left its mailbox, to the dead letters. */
  dead(to: string, mail: Mail, reason: DeadReason, detail: string): void {
    this.took(mail);
    this.#ports.tally.dead += 1;
    this.#letter(to, mail.event, reason, detail);
  }

  /** Buries a message whose step threw. */
  poison(to: string, mail: Mail, detail: string): void {
    if (mail.timer === undefined) this.#ports.tally.dead += 1;
    this.#letter(to, mail.event, 'poison', detail);
  }

  /** Clears a timer whose firing is taken; false when a newer arming or a clearing overtook it. */
  clearFired(actor: number, { timer, arming }: Mail): boolean {
    if (timer === undefined || arming === undefined) return false;
    return this.#ports.timers.isArmed(actor, timer, arming) && this.clearTimer(actor, timer);
  }

  bury(to: string, event: ActorEvent, reason: DeadReason, detail: string): void {
    this.#ports.tally.refused += 1;
    this.#letter(to, event, reason, detail);
  }

  /** Buries a message that was applied, whose handler failed for good. */
  giveUp(to: string, event: ActorEvent, detail: string): void {
    this.#letter(to, event, 'failed', detail);
  }

  record(cell: Cell, step: string, value: unknown): void {
    this.#staged += 1;
    const body = JSON.stringify(value) ?? '';
    const record: StepRecord = { actor: cell.actor, step, at: this.now, body };
    this.batch.steps.push(record);
  }

  touch(cell: Cell): void {
    this.#staged += 1;
    if (cell.touched) return;
    cell.touched = true;
    this.touched.push(cell);
  }

  /** Stages what a step decided: the row, the new snapshot, timers, effects, the end. */
  apply(cell: Cell, event: ActorEvent, decision: Decision): void {
    this.touch(cell);
    this.#row(cell, event, decision.entered.join('>'));
    cell.snapshot = decision.snapshot;
    for (const change of decision.timers) this.#changeTimer(cell, change);
    for (const effect of decision.effects) stageEffect(this, cell, effect);
    if (isDone(decision.snapshot)) this.#end(cell);
  }

  /** Clears a timer; false when it was not armed. */
  clearTimer(actor: number, timer: string): boolean {
    const cleared = this.#ports.timers.clear(actor, timer);
    if (cleared) this.batch.clearTimer(actor, timer);
    return cleared;
  }

  clearTimers(cell: Cell): void {
    this.#staged += 1;
    for (const timer of this.#ports.timers.names(cell.actor)) this.clearTimer(cell.actor, timer);
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

  #row(cell: Cell, event: ActorEvent, status: string): void {
    const { numbers } = this.#ports;
    numbers.seq += 1;
    const staged = {
      seq: numbers.seq,
      actor: cell.actor,
      previous: cell.last,
      at: this.now,
      type: event.type,
      status,
      event,
    };
    cell.last = staged.seq;
    const row = cell.listeners === undefined ? staged : rowOf(staged);
    this.batch.addRow(row);
    if ('body' in row) cell.rows.push(row);
  }

  #changeTimer(cell: Cell, change: TimerChange): void {
    if (change.delayMs === undefined || change.event === undefined) {
      this.clearTimer(cell.actor, change.timer);
      return;
    }
    const { numbers, timers } = this.#ports;
    numbers.arming += 1;
    const due = this.now + Math.max(0, Math.round(change.delayMs));
    const armed = { actor: cell.actor, timer: change.timer, arming: numbers.arming, due };
    timers.arm({ ...armed, event: change.event });
    this.batch.armTimer({
      ...armed,
      generation: cell.identity.generation,
      body: JSON.stringify(change.event),
    });
  }

  /** An ended actor takes no more messages, fires no timer and tells who waits for it. */
  #end(cell: Cell): void {
    for (const mail of cell.mailbox.drain()) {
      if (mail.timer === undefined) this.dead(cell.address, mail, 'stopped', '');
    }
    this.clearTimers(cell);
    for (const watcher of cell.watchers) {
      this.send(watcher, settledEvent(cell.address, cell.snapshot.output));
    }
    cell.watchers = [];
  }

  #letter(to: string, event: ActorEvent, reason: DeadReason, detail: string): void {
    this.#staged += 1;
    const { numbers } = this.#ports;
    numbers.letter += 1;
    this.batch.dead.push({
      letter: numbers.letter,
      at: this.now,
      to: asAddress(to),
      type: event.type,
      reason,
      detail,
      body: JSON.stringify(event),
    });
  }
}
