/**
 * Bot: a named worker with a number of slots, for runs and for handlers of messages.
 * Path: open -> full -> open ...; `open` carries the tag that lets gated mail in.
 * Invariants: never more slots taken than `concurrency`; a slot is taken by one task or message.
 */
import { assign, setup } from 'xstate';
import {
  type Address,
  asAddress,
  type BotEvent,
  type BotSpec,
  type BuryParams,
  botAddress,
  type Envelope,
  effect,
  type SendParams,
} from '../src/protocol/index.ts';

/** What a bot remembers beside its spec. */
export interface BotContext {
  readonly spec: BotSpec;
  /** Slots that tasks have: `<address of the task>#<number>`. */
  readonly slots: readonly string[];
  /** Messages being handled; each has a slot. */
  readonly messages: readonly Envelope[];
  /** Runs and messages that had a slot and gave it back. */
  readonly processed: number;
}

type EventOf<Type extends BotEvent['type']> = Extract<BotEvent, { type: Type }>;

const itsEvent = <E>({ event }: { event: E }): E => event;

/** The bot machine. */
export const botMachine = setup({
  types: {} as {
    input: BotSpec;
    context: BotContext;
    events: BotEvent;
    tags: 'active' | 'open';
  },
  guards: {
    isFull: ({ context }) => takenBy(context) >= context.spec.concurrency,
    hasSlot: ({ context }) => takenBy(context) < context.spec.concurrency,
    holdsSlot: ({ context }, p: EventOf<'slot.release'>) => context.slots.includes(p.slot),
    isHandling: ({ context }, p: { id: string }) =>
      context.messages.some((envelope) => envelope.id === p.id),
  },
  actions: {
    send: effect<SendParams>(),
    /** Runs the handler of a message and answers `message.handled` or `message.failed`. */
    handle: effect<{ envelope: Envelope }>(),
    /** Puts a message that could not be handled to the dead letters. */
    bury: effect<BuryParams>(),
    takeForTask: assign({
      slots: ({ context }, p: EventOf<'slot.request'>) => [...context.slots, p.slot],
    }),
    takeForMessage: assign({
      messages: ({ context }, p: EventOf<'message'>) => [...context.messages, p.envelope],
    }),
    freeFromTask: assign(({ context }, p: EventOf<'slot.release'>) => ({
      slots: context.slots.filter((slot) => slot !== p.slot),
      processed: context.processed + 1,
    })),
    freeFromMessage: assign(({ context }, p: { id: string }) => ({
      messages: context.messages.filter((envelope) => envelope.id !== p.id),
      processed: context.processed + 1,
    })),
  },
}).createMachine({
  id: 'bot',
  version: '1',
  initial: 'open',
  context: ({ input }) => ({ spec: input, slots: [], messages: [], processed: 0 }),
  on: {
    'bot.updated': [{ guard: 'isFull', target: '.full' }, { target: '.open' }],
    'slot.release': {
      guard: { type: 'holdsSlot', params: itsEvent },
      actions: { type: 'freeFromTask', params: itsEvent },
    },
    'message.handled': {
      guard: { type: 'isHandling', params: itsEvent },
      actions: { type: 'freeFromMessage', params: itsEvent },
    },
    'message.failed': {
      guard: { type: 'isHandling', params: itsEvent },
      actions: [
        { type: 'bury', params: ({ context, event }) => burial(context, event) },
        { type: 'freeFromMessage', params: itsEvent },
      ],
    },
  },
  states: {
    open: {
      tags: ['open', 'active'],
      always: { guard: 'isFull', target: 'full' },
      on: {
        'slot.request': {
          actions: [
            { type: 'takeForTask', params: itsEvent },
            { type: 'send', params: ({ context, event }) => grant(context, event) },
          ],
        },
        message: {
          actions: [
            { type: 'takeForMessage', params: itsEvent },
            { type: 'handle', params: ({ event }) => ({ envelope: event.envelope }) },
          ],
        },
      },
    },
    full: { tags: 'active', always: { guard: 'hasSlot', target: 'open' } },
  },
});

const takenBy = (context: BotContext): number => context.slots.length + context.messages.length;

/** The address of the task that has a slot. */
export function taskOfSlot(slot: string): Address {
  const end = slot.lastIndexOf('#');
  return asAddress(end < 0 ? slot : slot.slice(0, end));
}

const grant = (context: BotContext, { slot }: EventOf<'slot.request'>): SendParams => ({
  to: [taskOfSlot(slot)],
  event: { type: 'task.assigned', bot: context.spec.id, slot },
});

const burial = (context: BotContext, event: EventOf<'message.failed'>): BuryParams => ({
  to: botAddress(context.spec.id),
  event: {
    type: 'message',
    envelope: context.messages.find((envelope) => envelope.id === event.id),
  },
  detail: `${event.error.code}: ${event.error.message}`,
});
