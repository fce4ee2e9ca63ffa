/** How stories of bots and the system are told; those of runs have files of their own. */
import fc from 'fast-check';
import {
  type ActorEvent,
  BotEvent,
  type BotSpec,
  InboxEvent,
  InboxSpec,
  IncidentEvent,
  IncidentSpec,
  SystemEvent,
  SystemSpec,
} from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';
import { botSpec } from './fixtures.ts';
import { type Beat, oneOf, type Telling } from './stories.ts';
import type { Walk } from './walk.ts';

/** The stories of bots. */
export const botTelling: Telling<BotSpec> = {
  specs: fc.integer({ min: 1, max: 4 }).map((concurrency) => botSpec({ concurrency })),
  events: BotEvent,
  rare: [],
  often: [],
  aimed: (event, beat, walk) => ({ ...event, ...aimAtBot(event, beat, walk) }),
};

function aimAtBot({ type }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const { slots, messages, processed } = snapshot.context;
  const isNow = beat.aim === 'now';
  const known = oneOf<string>(isNow ? slots : [], beat.place);
  const fresh = `run/answer/${beat.place}#${processed + slots.length}`;
  switch (type) {
    case 'slot.request':
      return { slot: isNow ? fresh : (oneOf<string>(slots, beat.place) ?? fresh) };
    case 'slot.release':
      return { slot: known ?? 'run/answer/gone#1' };
    case 'message.handled':
    case 'message.failed':
      return { id: oneOf<{ id: string }>(isNow ? messages : [], beat.place)?.id ?? 'gone' };
    default:
      return {};
  }
}

/** The stories of inboxes. */
export const inboxTelling: Telling<InboxSpec> = {
  specs: arbitraryOf(InboxSpec),
  events: InboxEvent,
  rare: [],
  often: [],
  aimed: (event) => event,
};

/** The stories of the system. */
export const systemTelling: Telling<SystemSpec> = {
  specs: arbitraryOf(SystemSpec),
  events: SystemEvent,
  rare: [],
  often: [],
  aimed: (event) => event,
};

/** The stories of incidents. */
export const incidentTelling: Telling<IncidentSpec> = {
  specs: arbitraryOf(IncidentSpec),
  events: IncidentEvent,
  rare: ['incident.close'],
  often: [],
  aimed: (event) => event,
};
