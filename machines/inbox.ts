/**
 * Inbox: messages to a bot that wait until somebody takes them; they are pulled, not pushed.
 * Path: waiting, for ever.
 * Invariants: it is never open, so no turn takes a message by itself; `taken` counts those that
 * receivers took.
 */
import { assign, setup } from 'xstate';
import type { InboxEvent, InboxSpec } from '../src/protocol/index.ts';

/** What an inbox remembers beside its spec. */
export interface InboxContext {
  readonly spec: InboxSpec;
  /** Messages that receivers took. */
  readonly taken: number;
}

/** The inbox machine. */
export const inboxMachine = setup({
  types: {} as { input: InboxSpec; context: InboxContext; events: InboxEvent },
  actions: {
    noteTaken: assign({ taken: ({ context }) => context.taken + 1 }),
  },
}).createMachine({
  id: 'inbox',
  version: '1',
  initial: 'waiting',
  context: ({ input }) => ({ spec: input, taken: 0 }),
  states: {
    waiting: { on: { message: { actions: { type: 'noteTaken' } } } },
  },
});
