/** Events for the machine of a run, from outside: what its reference and `troupe.send` take. */
import type { Host, Stage } from '../engine/index.ts';
import {
  type ActorEvent,
  type Address,
  checkJson,
  type Json,
  runIdOf,
  troupeError,
} from '../protocol/index.ts';
import { runStatus } from './status.ts';

/**
 * Sends an event to the machine of a run, without waiting for it to be durable.
 * @throws TroupeError as `checkEvent`; `ILLEGAL_MOVE` when the run is not that of a machine.
 */
export function sendToRun(host: Host, address: Address, given: unknown): void {
  const event = checkEvent(given);
  const cell = host.find(address);
  if (cell !== undefined && cell.hosted === undefined) {
    const state = 'driven by its bot';
    throw troupeError('ILLEGAL_MOVE', { run: runIdOf(address), state, event: event.type });
  }
  host
    .enter('send', (stage) => void stageEvent(stage, address, event))
    .catch((error: unknown) => {
      host.log.warn('an event was not accepted', { actor: address, type: event.type, error });
    });
}

/**
 * Checks an event for a machine from outside; gives a copy.
 * @throws TroupeError `BAD_OPTION`, `RESERVED_TYPE`, `NOT_JSON`.
 */
export function checkEvent(given: unknown): ActorEvent {
  const event = checkJson(given, 'event');
  if (!isEvent(event)) {
    const problem = "must be an object with a type, such as { type: 'go' }";
    throw troupeError('BAD_OPTION', { where: 'send', field: 'event', problem });
  }
  const { type } = event;
  const isReserved = type.startsWith('xstate.') && type !== 'xstate.route';
  if (isReserved || type.startsWith('troupe.') || type === '*' || type === '') {
    throw troupeError('RESERVED_TYPE', { type });
  }
  return event;
}

/** Stages an event; the result says why it was not accepted, and then it is a dead letter. */
export function stageEvent(
  stage: Stage,
  address: Address,
  event: ActorEvent,
  priority?: number,
): unknown {
  const cell = stage.find(address);
  const run = runIdOf(address);
  if (cell === undefined) {
    stage.bury(address, event, 'unknown-recipient', '');
    return troupeError('UNKNOWN_RUN', { run });
  }
  if (cell.isDone) {
    stage.bury(address, event, 'stopped', '');
    const state = runStatus(cell, cell.snapshot);
    return troupeError('ILLEGAL_MOVE', { run, state, event: event.type });
  }
  stage.post(cell, event, priority);
  return undefined;
}

const isEvent = (value: Json | undefined): value is Json & ActorEvent =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
