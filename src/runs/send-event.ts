/** Events for the machine of a run, from outside: what its reference and `troupe.send` take. */
import { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  type DeadReason,
  type Json,
  type Limits,
  runIdOf,
  type TroupeError,
  troupeError,
} from '../protocol/index.ts';
import { say } from '../telemetry/index.ts';
import { checkSize } from './start.ts';
import { runStatus } from './status.ts';

/**
 * Sends an event to the machine of a run, without waiting for it to be durable.
 * @throws TroupeError as `checkEvent`; `ILLEGAL_MOVE` when the run is not that of a machine.
 */
export function sendToRun(host: Host, address: Address, given: unknown): void {
  const event = checkEvent(given, host.limits);
  const cell = host.find(address);
  if (cell !== undefined && cell.hosted === undefined) throw notAMachine(address, event);
  const accept = (stage: Stage): unknown => stageEvent(stage, address, event, host.limits);
  const warn = (error: unknown): void => {
    say(host.log, 'event.refused', { actor: address, type: event.type, error });
  };
  // What is refused is a dead letter: the host tells the log of it.
  host.enter('send', accept).catch(warn);
}

/**
 * Sends an event to the machine of a run; resolves when it is durable.
 * @throws TroupeError as `Troupe.send` of an event.
 */
export async function sendEvent(host: Host, runId: string, given: unknown): Promise<void> {
  const event = checkEvent(given, host.limits);
  const address = asAddress(`run/${runId}`);
  const refusal = await host.enter('send', (stage) =>
    stageEvent(stage, address, event, host.limits),
  );
  if (refusal !== undefined) throw refusal;
}

/**
 * Checks an event for a machine from outside; gives a copy.
 * @throws TroupeError `BAD_OPTION`, `RESERVED_TYPE`, `NOT_JSON`, `TOO_LARGE`.
 */
function checkEvent(given: unknown, limits: Limits): ActorEvent {
  const event = checkSize(given, 'event', limits);
  if (!isEvent(event)) {
    const problem = "must be an object with a type, such as { type: 'go' }";
    throw troupeError('BAD_OPTION', { where: 'send', field: 'event', problem });
  }
  const { type } = event;
  if (!isOwnType(type)) throw troupeError('RESERVED_TYPE', { type });
  return event;
}

/** Whether a type of event is a user's own: no name of XState's or of the host's. */
export const isOwnType = (type: string): boolean =>
  (!type.startsWith('xstate.') || type === 'xstate.route') &&
  !type.startsWith('troupe.') &&
  type !== '*' &&
  type !== '';

/** Stages an event; the result says why it was not accepted, and then it is a dead letter. */
function stageEvent(
  stage: Stage,
  address: Address,
  event: ActorEvent,
  limits: Limits,
  priority?: number,
): unknown {
  const taken = takerOf(stage, address, event, limits);
  if (taken instanceof Cell) {
    stage.post(taken, event, priority);
    return undefined;
  }
  const { reason, error } = taken;
  if (reason !== undefined) stage.bury(address, event, reason, '');
  return error;
}

/**
 * Stages an event that was sent before, after the same checks.
 * @throws TroupeError as `sendEvent`, with nothing staged.
 */
export function stageEventAgain(
  stage: Stage,
  address: Address,
  given: unknown,
  limits: Limits,
): void {
  const event = checkEvent(given, limits);
  const taken = takerOf(stage, address, event, limits);
  if (!(taken instanceof Cell)) throw taken.error;
  stage.post(taken, event);
}

/** Why an event is not taken; with a reason it is dead, else it never was a message. */
interface Refused {
  readonly reason?: DeadReason;
  readonly error: TroupeError;
}

/** The actor that takes an event. */
function takerOf(stage: Stage, to: Address, event: ActorEvent, limits: Limits): Cell | Refused {
  const cell = stage.find(to);
  const run = runIdOf(to);
  if (cell === undefined) {
    return { reason: 'unknown-recipient', error: troupeError('UNKNOWN_RUN', { run }) };
  }
  if (cell.isDone) {
    const state = runStatus(cell, cell.snapshot);
    const error = troupeError('ILLEGAL_MOVE', { run, state, event: event.type });
    return { reason: 'stopped', error };
  }
  if (cell.hosted === undefined) return { error: notAMachine(to, event) };
  const capacity = limits.mailboxMessages;
  if (cell.mailbox.bounded < capacity) return cell;
  return { reason: 'mailbox-full', error: troupeError('MAILBOX_FULL', { to, capacity }) };
}

function notAMachine(address: Address, { type }: ActorEvent): TroupeError {
  const state = 'driven by its bot';
  return troupeError('ILLEGAL_MOVE', { run: runIdOf(address), state, event: type });
}

const isEvent = (value: Json | undefined): value is Json & ActorEvent =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
