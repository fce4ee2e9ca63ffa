/**
 * The chart of a picture: the run's statuses, and below IN_PROGRESS side by side what becomes of
 * the plan, whether the run is paused, and a region for each step.
 */
import type { ChartState, Move } from './parts.ts';

const FAILED = { type: 'turn', params: { ending: 'FAILED' } } as const;
const CANCELLED = { type: 'turn', params: { ending: 'CANCELLED' } } as const;

/** The states of a run, around what stands below IN_PROGRESS. */
export const runStates = (inProgress: ChartState): Readonly<Record<string, ChartState>> => ({
  PENDING: pending,
  IN_PROGRESS: inProgress,
  COMPLETED: { id: 'COMPLETED', type: 'final', description: 'Its result is recorded.' },
  FAILED: { id: 'FAILED', type: 'final', description: 'It ended with an error.' },
  CANCELLED: { id: 'CANCELLED', type: 'final', description: 'It was cancelled.' },
});

/** IN_PROGRESS, with a region for each step. */
export const inProgress = (
  steps: Readonly<Record<string, ChartState>>,
  timeoutMs: number | undefined,
): ChartState => ({
  id: 'IN_PROGRESS',
  type: 'parallel',
  description: 'What may begin begins at once, as the limit allows.',
  states: {
    plan: {
      description: 'What becomes of the whole.',
      initial: 'open',
      states: { open: open(timeoutMs), finishing, stopping },
    },
    pause,
    ...(Object.keys(steps).length === 0
      ? {}
      : { steps: { type: 'parallel', description: 'A region for each step.', states: steps } }),
  },
});

const pending: ChartState = {
  description: 'Not begun: it may wait for other runs, or for its time.',
  initial: 'waiting',
  states: {
    waiting: {
      on: { BEGIN: { target: '#IN_PROGRESS' }, PAUSE: { target: 'BLOCKED' } },
    },
    BLOCKED: { description: 'Paused.', on: { RESUME: { target: 'waiting' } } },
  },
  on: {
    CANCEL: { target: '#CANCELLED' },
    FAIL: { target: '#FAILED', description: 'What it waits for did not complete.' },
  },
};

const cancel: Move = { guard: 'mayCancel', target: 'stopping', actions: [CANCELLED] };

const open = (timeoutMs: number | undefined): ChartState => ({
  description: 'Steps begin and end.',
  entry: [{ type: 'enter', params: { phase: 'open' } }],
  always: [
    { guard: 'hasFailed', target: 'stopping', actions: [FAILED] },
    { guard: 'isDone', target: 'finishing' },
  ],
  on: {
    CANCEL: cancel,
    ...(timeoutMs === undefined
      ? {}
      : {
          TIMEOUT: {
            guard: 'mayTimeOut',
            target: 'stopping',
            actions: [FAILED],
            description: `After ${timeoutMs} ms.`,
          },
        }),
  },
});

const finishing: ChartState = {
  description: 'Enough has completed: the result is made, what is still open will be cancelled.',
  entry: [{ type: 'enter', params: { phase: 'finishing' } }],
  on: {
    FINISH: { guard: 'isGoing', target: '#COMPLETED' },
    FAIL: { guard: 'isGoing', target: 'stopping', actions: [FAILED] },
    CANCEL: cancel,
  },
};

const atTheEnd: readonly Move[] = [
  { guard: 'wasCancelled', target: '#CANCELLED' },
  { target: '#FAILED' },
];

const stopping: ChartState = {
  description: 'It ends badly. What was done and can be undone is undone first.',
  entry: [{ type: 'enter', params: { phase: 'stopping' } }],
  initial: 'deciding',
  on: {
    RESUME: { guard: 'isPaused', target: '.deciding' },
    CANCEL: { guard: 'isPaused', target: '.deciding' },
  },
  states: {
    deciding: { always: [{ guard: 'mustUndo', target: 'waiting' }, ...atTheEnd] },
    waiting: {
      description: 'Open steps are cancelled and waited for.',
      always: { guard: 'isQuiet', target: 'undoing' },
    },
    undoing: {
      description: 'One after the other is undone, the one that completed last first.',
      entry: [{ type: 'enter', params: { phase: 'undoing' } }],
      always: { guard: 'isUndone', target: 'undone' },
    },
    undone: { always: atTheEnd },
  },
};

const pause: ChartState = {
  description: 'Whether it goes on.',
  initial: 'going',
  states: {
    going: { on: { PAUSE: { guard: 'mayPause', target: 'BLOCKED', actions: ['pause'] } } },
    BLOCKED: {
      description: 'Paused: nothing begins; what ends is noted.',
      on: {
        RESUME: { target: 'going', actions: ['resume'] },
        CANCEL: { guard: 'mayCancelPaused', target: 'going', actions: ['resume'] },
      },
    },
  },
};
