/**
 * Scripted workers: actors that start, stop and end as a test says, and tell what they do. With
 * them, supervisors run on a real host.
 */
import { assign, setup } from 'xstate';
import type { Cell } from '../../src/actor/index.ts';
import type { Behaviour, Stage } from '../../src/engine/index.ts';
import { type ActorEvent, type Address, asAddress, troupeError } from '../../src/protocol/index.ts';
import type { Starting, Workers } from '../../src/supervision/index.ts';
import type { TraceEvent } from './traces.ts';

/** What a test says of a worker. */
export interface Script {
  readonly ignore?: boolean | undefined;
  readonly stopDelayMs?: number | undefined;
}

interface WorkerContext {
  readonly spec: { readonly id: string; readonly script: Script };
  readonly reason: string;
  /** What it was told and has not forgotten. */
  readonly notes: readonly string[];
}

const reasonIn = ({ event }: { event: ActorEvent }): { reason: string } => ({
  reason: String(event.reason),
});

const statusOf = (reason: string): string => {
  if (reason === 'normal') return 'COMPLETED';
  return reason === 'crash' ? 'FAILED' : 'CANCELLED';
};

const broken = (): never => {
  throw new RangeError('the worker can not take this');
};

/** A worker that does as it is told. */
export const workerMachine = setup({
  types: {} as { context: WorkerContext; events: ActorEvent; input: WorkerContext['spec'] },
  delays: { stopDelayMs: ({ context }) => context.spec.script.stopDelayMs ?? 0 },
  guards: { isSlow: ({ context }) => context.spec.script.stopDelayMs !== undefined },
  actions: {
    note: assign({ reason: (_, p: { reason: string }) => p.reason }),
    keep: assign({
      notes: ({ context }, p: { reason: string }) => [...context.notes, p.reason],
    }),
    break: assign(broken),
  },
}).createMachine({
  id: 'worker',
  version: '1',
  initial: 'up',
  context: ({ input }) => ({ spec: input, reason: '', notes: [] }),
  output: ({ context }) => ({
    status: statusOf(context.reason),
    reason: context.reason,
    error: { code: context.reason, message: context.reason, retryable: false },
  }),
  on: {
    'worker.exit': { target: '.over', actions: { type: 'note', params: reasonIn } },
    'worker.kill': {
      target: '.over',
      actions: { type: 'note', params: () => ({ reason: 'killed' }) },
    },
    'worker.keep': { actions: { type: 'keep', params: reasonIn } },
    'worker.poison': { actions: 'break' },
  },
  states: {
    up: {
      on: {
        'worker.stop': [
          { guard: 'isSlow', target: 'stopping' },
          {
            target: 'over',
            actions: { type: 'note', params: () => ({ reason: 'shutdown' }) },
          },
        ],
      },
    },
    stopping: {
      after: {
        stopDelayMs: {
          target: 'over',
          actions: { type: 'note', params: () => ({ reason: 'shutdown' }) },
        },
      },
    },
    over: { type: 'final' },
  },
});

/** How many of the next starts of a worker fail. */
export type Failing = Map<string, number>;

/** The workers of a stand; `tell` learns of starts that come to nothing. */
export function scriptedWorkers(
  failing: Failing,
  tell: (event: TraceEvent) => void,
): { workers: Workers; behaviour: Behaviour } {
  const workers: Workers = {
    addressOf: (_, _spec, id) => workerAddress(id),
    start: (stage, starting) => startScripted(stage, starting, failing, tell),
    stop: (stage, cell) => stage.send(cell.address, { type: 'worker.stop' }),
    kill: (stage, cell) => stage.send(cell.address, { type: 'worker.kill' }),
  };
  return { workers, behaviour: { machine: workerMachine } };
}

/** The address of a worker. */
export const workerAddress = (id: string): Address => asAddress(`worker/${encodeURIComponent(id)}`);

function startScripted(
  stage: Stage,
  { supervisor, child, spec, from }: Starting,
  failing: Failing,
  tell: (event: TraceEvent) => void,
): Cell | undefined {
  const { id } = child;
  const script = Object(spec.start) as Script;
  const left = failing.get(id) ?? 0;
  if (left > 0) {
    failing.set(id, left - 1);
    tell({ e: 'start_failed', id });
    throw troupeError('WORK_FAILED', { reason: `${id} is told to fail` });
  }
  if (script.ignore === true) {
    tell({ e: 'start_ignored', id });
    return undefined;
  }
  const address = workerAddress(id);
  const known = stage.find(address);
  if (from === 'snapshot' && known?.isDone === false) return known;
  return stage.restart({
    address,
    kind: 'worker',
    definition: 'worker',
    version: '1',
    structure: '',
    parent: supervisor.address,
    spec: { id, script },
  });
}
