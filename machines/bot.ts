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
  type Envelope,
  effect,
  type Failure,
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
    hasSlot: ({ context }) => context.taken < context.spec.concurrency,
    holdsSlot: ({ context }, p: EventOf<'slot.release'>) => p.slot in context.tasks,
    isHandling: ({ context }, p: { id: string }) => p.id in context.messages,
  },
  actions: {
    send: effect<SendParams>(),
    /** Runs the handler of a message and answers `message.handled` or `message.failed`. */
    handle: effect<{ envelope: Envelope }>(),
    /** Puts a message that could not be handled to the dead letters. */
    bury: effect<{ envelope: Envelope | undefined; error: Failure }>(),
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
            envelope: context.messages[event.id],
            error: event.error,
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
