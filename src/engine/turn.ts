/**
 * A turn: one message in, one state change and its consequences out, or nothing at all.
 *
 * Commit before effects: what a turn decides is staged in its group and performed after the
 * group's commit. A step that throws changes nothing; its message goes to the dead letters.
 */
import type { Cell, Hosted } from '../actor/index.ts';
import type { Mail } from '../mailbox/index.ts';
import { type ActorEvent, Envelope, isTroupeError, type Logger, said } from '../protocol/index.ts';
import { say } from '../telemetry/index.ts';
import { applied, type Tally } from './group/group-ports.ts';
import { comeAgain, hostedTurn, type Lives } from './lives/index.ts';
import { type Decision, step } from './step.ts';
import type { TurnStage } from './turn-stage.ts';

/** What a turn needs beside its group. */
export interface TurnPorts {
  readonly tally: Tally;
  readonly log: Logger;
  readonly lives: Lives;
}

/** Lets an actor take one turn. */
export function turn(group: TurnStage, cell: Cell, ports: TurnPorts): void {
  const mail = receive(group, cell);
  if (mail === undefined) return;
  group.hops = mail.hops ?? 0;
  const { hosted } = cell;
  if (hosted !== undefined) {
    hostedTurnOf(group, cell, hosted, mail, ports);
    return;
  }
  decided(group, cell, mail, ports);
}

/** Lets an actor of ours that is closed take the next of its gated mail; gives its event. */
export function take(group: TurnStage, cell: Cell, ports: TurnPorts): ActorEvent | undefined {
  const mail = receive(group, cell, true);
  return mail && decided(group, cell, mail, ports) ? mail.event : undefined;
}

/** Stages what a message leads to; false when its step threw. */
function decided(group: TurnStage, cell: Cell, mail: Mail, ports: TurnPorts): boolean {
  const decision = decide(group, cell, mail, ports);
  if (decision === undefined) return false;
  if (mail.timer === undefined) applied(ports.tally, cell, mail.event, group.now);
  group.apply(cell, mail.event, decision);
  return true;
}

/** The next message that is not expired; firings of timers that were cleared are dropped. */
function receive(group: TurnStage, cell: Cell, isOpen = cell.isOpen): Mail | undefined {
  for (;;) {
    const mail = cell.mailbox.take(isOpen);
    if (mail === undefined) return undefined;
    if (mail.timer !== undefined) {
      if (group.clearFired(cell.actor, mail)) return mail;
    } else if (mail.expiresAt !== 0 && mail.expiresAt <= group.now) {
      group.dead(cell.address, mail, 'expired', '');
    } else {
      group.took(mail);
      return mail;
    }
  }
}

function decide(group: TurnStage, cell: Cell, mail: Mail, ports: TurnPorts): Decision | undefined {
  try {
    return step(cell.snapshot, mail.event);
  } catch (error) {
    poisoned(group, cell, mail, error, ports);
    return undefined;
  }
}

/** A turn of a user's machine. A child's failure is its parent's affair, as in XState. */
function hostedTurnOf(
  group: TurnStage,
  cell: Cell,
  hosted: Hosted,
  mail: Mail,
  ports: TurnPorts,
): void {
  try {
    hostedTurn(group, cell, hosted, mail, ports.lives);
  } catch (error) {
    failed(group, cell, hosted, mail, error, ports);
    return;
  }
  if (mail.timer === undefined) applied(ports.tally, cell, mail.event, group.now);
}

/** The turn of a user's machine threw: nothing of it is staged. */
function failed(
  group: TurnStage,
  cell: Cell,
  hosted: Hosted,
  mail: Mail,
  error: unknown,
  ports: TurnPorts,
): void {
  if (isTroupeError(error, 'MACHINE_LOOP')) {
    group.incident({ about: cell.address, code: error.code, message: error.message });
  }
  if (isTroupeError(error, 'NOT_DURABLE')) {
    poisoned(group, cell, mail, error, ports);
    comeAgain(group, cell, hosted, mail);
    group.park(cell, error.message);
  } else if (hosted.isRoot) {
    poisoned(group, cell, mail, error, ports);
    ports.lives.poisoned(group, cell, hosted, mail, error);
  } else {
    if (mail.timer === undefined) applied(ports.tally, cell, mail.event, group.now);
    ports.lives.fail(group, cell, mail.event, error);
  }
}

function poisoned(
  group: TurnStage,
  cell: Cell,
  mail: Mail,
  error: unknown,
  { log }: TurnPorts,
): void {
  const detail = said(error);
  const { data: message } = Envelope.safeParse(mail.event.envelope);
  say(log, 'message.poison', {
    actor: cell.address,
    type: message?.type ?? mail.event.type,
    ...(message && { messageId: message.id, correlationId: message.correlationId }),
    error,
  });
  group.poison(cell, mail, detail, !isTroupeError(error, 'NOT_DURABLE'));
}
