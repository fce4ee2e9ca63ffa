/**
 * System: the running team, the root of supervision.
 * Path: starting -> running -> draining -> stopped.
 * Invariant: work is begun only while it is `running`.
 */
import { assign, setup } from 'xstate';
import type { SystemEvent, SystemSpec } from '../src/protocol/index.ts';

/** What the system remembers beside its spec. */
export interface SystemContext {
  readonly spec: SystemSpec;
  /** Live runs with something to do that were brought back when it started. */
  readonly live: number;
  /** Runs that were parked. */
  readonly parked: number;
}

type EventOf<Type extends SystemEvent['type']> = Extract<SystemEvent, { type: Type }>;

/** The system machine. */
export const systemMachine = setup({
  types: {} as { input: SystemSpec; context: SystemContext; events: SystemEvent },
  actions: {
    noteRecovery: assign((_, p: EventOf<'system.recovered'>) => ({
      live: p.live,
      parked: p.parked,
    })),
  },
}).createMachine({
  id: 'system',
  version: '1',
  initial: 'starting',
  context: ({ input }) => ({ spec: input, live: 0, parked: 0 }),
  states: {
    starting: {
      on: {
        'system.recovered': {
          target: 'running',
          actions: { type: 'noteRecovery', params: ({ event }) => event },
        },
      },
    },
    running: { on: { 'system.drain': { target: 'draining' } } },
    draining: { on: { 'system.drained': { target: 'stopped' } } },
    stopped: { type: 'final' },
  },
});
