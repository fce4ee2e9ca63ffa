/**
 * Bot: a named worker with a number of slots, for runs and for handlers of messages.
 * Path: open -> full -> open ...; `open` carries the tag that lets gated mail in.
 * Invariants: never more slots taken than `concurrency`; a slot is taken by one task or message.
 */
import { assign, setup } from 'xstate';
import {
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
  /** Slots taken: the task that has one, by slot. */
  readonly tasks: Readonly<Record<string, string>>;
  /** Slots taken: the message being handled, by its id. */
  readonly messages: Readonly<Record<string, Envelope>>;
  /** Slots taken now. */
  readonly taken: number;
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
    isFull: ({ context }) => context.taken >= context.spec.concurrency,
    isNewTask: ({ context }, p: EventOf<'slot.request'>) => !Object.hasOwn(context.tasks, p.slot),
    isNewMessage: ({ context }, p: EventOf<'message'>) =>
      !Object.hasOwn(context.messages, p.envelope.id),
    holdsSlot: ({ context }, p: EventOf<'slot.release'>) => Object.hasOwn(context.tasks, p.slot),
    isHandling: ({ context }, p: { id: string }) => Object.hasOwn(context.messages, p.id),
  },
  actions: {
    send: effect<SendParams>(),
    /** Runs the handler of a message and answers `message.handled` or `message.failed`. */
    handle: effect<{ envelope: Envelope }>(),
    /** Puts a message that could not be handled to the dead letters. */
    bury: effect<BuryParams>(),
    takeForTask: assign(({ context }, p: EventOf<'slot.request'>) => ({
      tasks: { ...context.tasks, [p.slot]: p.task },
      taken: context.taken + 1,
    })),
    takeForMessage: assign(({ context }, p: EventOf<'message'>) => ({
      messages: { ...context.messages, [p.envelope.id]: p.envelope },
      taken: context.taken + 1,
    })),
    freeFromTask: assign(({ context }, p: EventOf<'slot.release'>) => ({
      tasks: without(context.tasks, p.slot),
      taken: context.taken - 1,
      processed: context.processed + 1,
    })),
    freeFromMessage: assign(({ context }, p: { id: string }) => ({
      messages: without(context.messages, p.id),
      taken: context.taken - 1,
      processed: context.processed + 1,
    })),
  },
}).createMachine({
  id: 'bot',
  version: '1',
  initial: 'open',
  context: ({ input }) => ({ spec: input, tasks: {}, messages: {}, taken: 0, processed: 0 }),
  on: {
    'bot.updated': { target: '.deciding' },
    'slot.release': {
      guard: { type: 'holdsSlot', params: itsEvent },
      target: '.deciding',
      actions: { type: 'freeFromTask', params: itsEvent },
    },
    'message.handled': {
      guard: { type: 'isHandling', params: itsEvent },
      target: '.deciding',
      actions: { type: 'freeFromMessage', params: itsEvent },
    },
    'message.failed': {
      guard: { type: 'isHandling', params: itsEvent },
      target: '.deciding',
      actions: [
        {
          type: 'bury',
          params: ({ context, event }) => ({
            to: botAddress(context.spec.id),
            event: { type: 'message', envelope: context.messages[event.id] },
            detail: `${event.error.code}: ${event.error.message}`,
          }),
        },
        { type: 'freeFromMessage', params: itsEvent },
      ],
    },
  },
  states: {
    open: {
      tags: ['open', 'active'],
      on: {
        'slot.request': {
          guard: { type: 'isNewTask', params: itsEvent },
          target: 'deciding',
          actions: [
            { type: 'takeForTask', params: itsEvent },
            {
              type: 'send',
              params: ({ context, event }) => ({
                to: [asAddress(event.task)],
                event: { type: 'task.assigned', bot: context.spec.id, slot: event.slot },
              }),
            },
          ],
        },
        message: {
          guard: { type: 'isNewMessage', params: itsEvent },
          target: 'deciding',
          actions: [
            { type: 'takeForMessage', params: itsEvent },
            { type: 'handle', params: ({ event }) => ({ envelope: event.envelope }) },
          ],
        },
      },
    },
    deciding: { always: [{ guard: 'isFull', target: 'full' }, { target: 'open' }] },
    full: { tags: 'active' },
  },
});

function without<Value>(record: Readonly<Record<string, Value>>, key: string) {
  const { [key]: _, ...rest } = record;
  return rest;
}
