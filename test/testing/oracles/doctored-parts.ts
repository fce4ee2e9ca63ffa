/** Parts of journals that never were: records, rows and mail, as short as a law needs them. */
import type {
  ActorRecord,
  DeadLetter,
  JournalRow,
  WaitingMail,
} from '../../../src/journal/index.ts';
import { asAddress } from '../../../src/protocol/index.ts';
import { type Doctored, nothing } from './doctored.ts';

/** A batch of these parts. */
export const batchOf = (parts: Partial<Doctored>): Doctored => ({ ...nothing(1_000), ...parts });

let actors = 0;

/** An actor's record; `context` and `value` of its snapshot, `spec` as its input. */
export function recordOf(
  address: string,
  given: Partial<Omit<ActorRecord, 'address'>> & {
    readonly spec?: object;
    readonly context?: object;
    readonly value?: unknown;
  } = {},
): ActorRecord {
  const { spec = {}, context = {}, value = 'any', ...rest } = given;
  actors += 1;
  return {
    actor: actors,
    address: asAddress(address),
    kind: 'task',
    definition: 'any',
    version: '1',
    structure: '',
    generation: 1,
    parent: '',
    status: 'IN_PROGRESS',
    active: false,
    done: false,
    parked: '',
    input: JSON.stringify(spec),
    snapshot: JSON.stringify({ value, context }),
    last: 0,
    watchers: '[]',
    createdAt: 0,
    updatedAt: 0,
    ...rest,
  };
}

/** The same actor later. */
export const later = (record: ActorRecord, given: Partial<ActorRecord>): ActorRecord => ({
  ...record,
  ...given,
});

/** A row of an actor. */
export const rowOf = (
  { actor }: ActorRecord,
  event: { readonly type: string; readonly [field: string]: unknown },
): JournalRow => ({
  seq: 1,
  actor,
  previous: 0,
  at: 1_000,
  type: event.type,
  status: '',
  body: JSON.stringify(event),
});

/** A message as an event. */
export const messageOf = (id: string, facts: object = {}) => ({
  type: 'message',
  envelope: { id, type: 'note', from: 'client/c', to: 'bot/desk', priority: 5, ...facts },
});

/** Mail that waits for a slot. */
export const mailOf = (
  { actor }: ActorRecord,
  mail: number,
  lane: number,
  event: object,
): WaitingMail => ({
  mail,
  actor,
  lane,
  gated: true,
  key: '',
  expiresAt: 0,
  body: JSON.stringify(event),
});

/** A dead letter. */
export const letterOf = (
  letter: number,
  to: string,
  event: { readonly type: string },
): DeadLetter => ({
  letter,
  at: 0,
  to: asAddress(to),
  type: event.type,
  reason: 'failed',
  detail: 'it failed',
  body: JSON.stringify(event),
});
