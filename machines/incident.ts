/**
 * Incident: what nobody below could deal with, kept until someone has looked at it.
 * Path: OPEN -> CLOSED.
 * Invariants: it counts every time that the same happens again; a closed one never changes.
 */
import { assign, setup } from 'xstate';
import type { IncidentEvent, IncidentSpec } from '../src/protocol/index.ts';

/** What an incident remembers beside its spec. */
export interface IncidentContext {
  readonly spec: IncidentSpec;
  /** How often it happened. */
  readonly count: number;
  /** When it happened last; milliseconds since 1970. */
  readonly lastAt: number;
  /** What happened last. */
  readonly lastMessage?: string | undefined;
  readonly closedBy?: string | undefined;
  readonly closedAt?: number | undefined;
}

/** The event as an action's data. */
const itsEvent = <E>({ event }: { event: E }): E => event;

type EventOf<Type extends IncidentEvent['type']> = Extract<IncidentEvent, { type: Type }>;

/** The incident machine. */
export const incidentMachine = setup({
  types: {} as { input: IncidentSpec; context: IncidentContext; events: IncidentEvent },
  actions: {
    noteAgain: assign(({ context }, p: EventOf<'incident.again'>) => ({
      count: context.count + 1,
      lastAt: p.at,
      lastMessage: p.message,
    })),
    noteClosed: assign((_, p: EventOf<'incident.close'>) => ({ closedBy: p.by, closedAt: p.at })),
  },
}).createMachine({
  id: 'incident',
  version: '1',
  initial: 'OPEN',
  context: ({ input }) => ({ spec: input, count: 1, lastAt: input.openedAt }),
  states: {
    OPEN: {
      on: {
        'incident.again': { actions: { type: 'noteAgain', params: itsEvent } },
        'incident.close': {
          target: 'CLOSED',
          actions: { type: 'noteClosed', params: itsEvent },
        },
      },
    },
    CLOSED: { type: 'final' },
  },
});
