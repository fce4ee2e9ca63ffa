/** The dead letters of a group, and the books of what was accepted, applied and refused. */
import type { Cell } from '../../actor/index.ts';
import { type Mail, machineLane } from '../../mailbox/index.ts';
import { type ActorEvent, asAddress, type DeadReason } from '../../protocol/index.ts';
import type { Putting } from '../engine.ts';
import type { BatchBuilder } from './batch.ts';
import type { Numbers, Tally } from './group-ports.ts';

/** Buries messages as part of one commit. */
export class GroupLetters {
  readonly #now: number;
  readonly #batch: BatchBuilder;
  readonly #tally: Tally;
  readonly #numbers: Numbers;

  constructor(now: number, batch: BatchBuilder, tally: Tally, numbers: Numbers) {
    this.#now = now;
    this.#batch = batch;
    this.#tally = tally;
    this.#numbers = numbers;
  }

  /** Notes that a message left its mailbox. */
  took(mail: Mail): void {
    if (mail.stored) this.#batch.taken.push(mail.number);
  }

  /** Empties the mailbox of an actor that ended: what the host said is applied, to no effect. */
  ended(cell: Cell): void {
    for (const mail of cell.mailbox.drain()) {
      if (mail.timer !== undefined) continue;
      if (!isHostsOwn(mail.event, cell)) {
        this.dead(cell.address, mail, 'stopped', '');
        continue;
      }
      this.took(mail);
      this.#tally.applied += 1;
    }
  }

  /** Buries an accepted message, which left its mailbox. */
  dead(to: string, mail: Mail, reason: DeadReason, detail: string): void {
    this.took(mail);
    this.#tally.dead += 1;
    this.write(to, mail.event, reason, detail);
  }

  /** Forgets what was asked for and is not wanted any more: nobody's mail is lost by that. */
  drop(mail: Mail): void {
    this.took(mail);
    this.#tally.applied += 1;
  }

  /** Buries a message whose step threw. */
  poison(to: string, mail: Mail, detail: string): void {
    if (mail.timer === undefined) this.#tally.dead += 1;
    this.write(to, mail.event, 'poison', detail);
  }

  /** Buries a message that was never accepted. */
  refused(to: string, event: ActorEvent, reason: DeadReason, detail: string): void {
    this.#tally.refused += 1;
    this.write(to, event, reason, detail, true);
  }

  write(
    to: string,
    event: ActorEvent,
    reason: DeadReason,
    detail: string,
    isRefused = false,
  ): void {
    this.#tally.traffic?.dead(to, event, reason, isRefused);
    this.#numbers.letter += 1;
    this.#batch.dead.push({
      letter: this.#numbers.letter,
      at: this.#now,
      to: asAddress(to),
      type: event.type,
      reason,
      detail,
      body: JSON.stringify(event),
    });
  }
}

/**
 * Whether it is the host that speaks: what it says to who has ended is no user's dead letter; nor
 * is what a task and its handoff say to each other, for both may end at once.
 * Events of users' machines may have any other name.
 */
export const isHostsOwn = ({ type }: ActorEvent, cell: Cell | undefined): boolean =>
  type.startsWith('troupe.') ||
  ((news.has(type) || type.startsWith('handoff.')) && cell?.hosted === undefined);

/** What runs tell those that may have ended: nobody waits for it. */
const news: ReadonlySet<string> = new Set([
  'dependency.settled',
  'approval.requested',
  'child.settled',
  'step.judged',
  'step.skipped',
  'workflow.finished',
  'workflow.failed',
  'run.cancel',
]);

/** A message with the next number. */
export function mailOf(numbers: Numbers, event: ActorEvent, putting: Putting): Mail {
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
