/** Given: events as the options give them, checked before they are sent. */
import type { AnyMachineSnapshot } from 'xstate';
import { said, troupeError } from '../../../protocol/index.ts';

type AnyEvent = { readonly type: string };

/**
 * What a function of the options says that makes sense in a state.
 * @throws TroupeError `BAD_OPTION` when it throws, or gives no array of events.
 */
export function eventsIn(
  give: (snapshot: AnyMachineSnapshot) => unknown,
  snapshot: AnyMachineSnapshot,
): readonly AnyEvent[] {
  let events: unknown;
  try {
    events = give(snapshot);
  } catch (error) {
    throw refusal('events', `throws ${said(error)}`);
  }
  if (Array.isArray(events) && events.every(isEvent)) return events;
  throw refusal('events', 'must give an array of events');
}

/**
 * An event of a type with what it carries.
 * @throws TroupeError `BAD_OPTION` for what is no object, or has another type.
 */
export function eventWith(type: string, carried: unknown, at: number): AnyEvent {
  if (carried === undefined) return { type };
  if (typeof carried !== 'object' || carried === null || Array.isArray(carried)) {
    throw refusal(`events.${type}[${at}]`, 'must be an object of what the event carries');
  }
  if ('type' in carried && carried.type !== type) {
    throw refusal(`events.${type}[${at}]`, `has the type ${said(carried.type)}`);
  }
  return Object.assign({}, carried, { type });
}

const isEvent = (value: unknown): value is AnyEvent =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const refusal = (field: string, problem: string) =>
  troupeError('BAD_OPTION', { where: 'check', field, problem });
