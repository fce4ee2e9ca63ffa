/**
 * Handoff: a bot is asked to take a task from another one.
 * Path: OPEN -> ACCEPTED; DECLINED; EXPIRED when nobody answers; WITHDRAWN when the task ended.
 * Invariants: it is decided once; the task is told of a no and of silence by it, and moves by the
 * very commit that tells it of a yes.
 */
import { assign, setup } from 'xstate';
import type { HandoffEvent, HandoffSpec, SendParams } from '../src/protocol/index.ts';
import { asAddress, effect } from '../src/protocol/index.ts';

/** What a handoff remembers beside its spec. */
export interface HandoffContext {
  readonly spec: HandoffSpec;
  /** Who decided. */
  readonly by?: string | undefined;
  /** Why it was declined or withdrawn. */
  readonly note?: string | undefined;
  /** Milliseconds since 1970. */
  readonly endedAt?: number | undefined;
}

/** The event as an action's data. */
const itsEvent = <E>({ event }: { event: E }): E => event;

type EventOf<Type extends HandoffEvent['type']> = Extract<HandoffEvent, { type: Type }>;

/** The handoff machine. */
export const handoffMachine = setup({
  types: {} as { input: HandoffSpec; context: HandoffContext; events: HandoffEvent },
  actions: {
    send: effect<SendParams>(),
    noteAccept: assign((_, p: EventOf<'handoff.accept'>) => ({ by: p.by, endedAt: p.at })),
    noteDecline: assign((_, p: EventOf<'handoff.decline'>) => ({
      by: p.by,
      note: p.note,
      endedAt: p.at,
    })),
    noteWithdrawal: assign((_, p: EventOf<'handoff.withdraw'>) => ({
      note: p.note,
      endedAt: p.at,
    })),
    noteSilence: assign(({ context: { spec } }) => ({
      endedAt: spec.requestedAt + spec.timeoutMs,
    })),
  },
  delays: { timeoutMs: ({ context }) => context.spec.timeoutMs },
}).createMachine({
  id: 'handoff',
  version: '1',
  initial: 'OPEN',
  context: ({ input }) => ({ spec: input }),
  states: {
    OPEN: {
      on: {
        'handoff.accept': { target: 'ACCEPTED', actions: { type: 'noteAccept', params: itsEvent } },
        'handoff.decline': {
          target: 'DECLINED',
          actions: { type: 'noteDecline', params: itsEvent },
        },
        'handoff.withdraw': {
          target: 'WITHDRAWN',
          actions: { type: 'noteWithdrawal', params: itsEvent },
        },
      },
      after: { timeoutMs: { target: 'EXPIRED', actions: 'noteSilence' } },
    },
    ACCEPTED: { type: 'final' },
    DECLINED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => closing(context, 'DECLINED') },
    },
    EXPIRED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => closing(context, 'EXPIRED') },
    },
    WITHDRAWN: { type: 'final' },
  },
});

/** Tells the task that it stays where it is. */
const closing = (
  { spec, by, note }: HandoffContext,
  status: 'DECLINED' | 'EXPIRED',
): SendParams => ({
  to: [asAddress(spec.run)],
  event: {
    type: 'handoff.closed',
    handoff: spec.handoff,
    from: spec.from,
    to: spec.to,
    reason: spec.reason,
    step: spec.step,
    answer: {
      status,
      ...(by === undefined ? {} : { by }),
      ...(note === undefined ? {} : { note }),
    },
  },
});
