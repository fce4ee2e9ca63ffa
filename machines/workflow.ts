/**
 * Workflow: one run of a plan, step by step as dependencies and the limit allow.
 * Path: PENDING -> IN_PROGRESS -> COMPLETED; BLOCKED while it waits for other runs.
 * Invariants: a step starts after all that it waits for completed, and at most once; never more
 * steps under way than `concurrency`; a failed step fails the run, and what is open is cancelled.
 */
import { assign, setup } from 'xstate';
import { initialReadySet, isComplete, settleStep } from '../src/policies/index.ts';
import {
  asAddress,
  effect,
  type Outcome,
  type RecordParams,
  type SendParams,
  type WatchParams,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../src/protocol/index.ts';
import * as run from './run.ts';
import {
  cancelOpenSteps,
  numberOf,
  started,
  startingNames,
  stepFailure,
  timeoutFailure,
  type WorkflowContext,
} from './workflow-steps.ts';

type EventOf<Type extends WorkflowEvent['type']> = Extract<WorkflowEvent, { type: Type }>;

const itsEvent = <E>({ event }: { event: E }): E => event;

/** The workflow machine: one chart for every plan. */
export const workflowMachine = setup({
  types: {} as {
    input: WorkflowSpec;
    context: WorkflowContext;
    events: WorkflowEvent;
    output: Outcome;
    tags: 'active';
  },
  guards: {
    mustWait: run.mustWait,
    hasTimeout: ({ context }) => context.spec.timeoutMs !== null,
    isDone: ({ context }) => isComplete(context.steps),
    isStarted: ({ context }, p: EventOf<'child.settled'>) =>
      context.steps.progress[numberOf(context, p.step)] === 'S',
    isCompleted: ({ context }, p: EventOf<'child.settled'>) =>
      p.outcome.status === 'COMPLETED' && context.steps.progress[numberOf(context, p.step)] === 'S',
    isLastWait: run.isLastWait,
    isWaitMet: run.isWaitMet,
    failsWithIt: run.failsWithIt,
    isSkippedWithIt: run.isSkippedWithIt,
  },
  actions: {
    send: effect<SendParams>(),
    record: effect<RecordParams>(),
    watch: effect<WatchParams>(),
    /** Makes the inputs of these steps and starts their runs. */
    start: effect<{ steps: readonly string[] }>(),
    /** Makes the result and answers `workflow.finished` or `workflow.failed`. */
    finish: effect<undefined>(),
    begin: assign(({ context }, p: { at: number }) => ({
      startedAt: p.at,
      ...started(context, context.steps),
    })),
    noteStep: assign(({ context }, p: EventOf<'child.settled'>) => {
      const index = numberOf(context, p.step);
      const completed = p.outcome.status === 'COMPLETED';
      const steps = settleStep(context.spec.plan, context.steps, index, completed);
      return completed ? started(context, steps) : { steps, starting: [] };
    }),
    noteWaitMet: assign((its, p: run.Settled) => run.withWaitMet(its, p)),
    noteResult: assign((_, p: EventOf<'workflow.finished'>) => ({
      result: p.result,
      completedAt: p.at,
    })),
    noteError: assign(run.asFailed),
    noteCancel: assign(run.asCancelled),
  },
  delays: { timeoutMs: ({ context }) => context.spec.timeoutMs ?? 0 },
}).createMachine({
  id: 'workflow',
  version: '1',
  initial: 'PENDING',
  context: ({ input }) => ({
    spec: input,
    steps: initialReadySet(input.plan),
    starting: [],
  }),
  output: ({ context }) => run.outcomeOf(context, { attempts: 1 }),
  on: {
    'run.cancel': {
      target: '.CANCELLED',
      actions: { type: 'noteCancel', params: itsEvent },
    },
  },
  states: {
    PENDING: {
      always: [
        { guard: 'mustWait', target: 'BLOCKED' },
        { guard: 'hasTimeout', target: '#workflow.IN_PROGRESS.timed' },
        { target: 'IN_PROGRESS' },
      ],
    },
    BLOCKED: {
      entry: {
        type: 'watch',
        params: ({ context }) => ({ runs: run.waitsFor(context).map(asAddress) }),
      },
      on: {
        'dependency.settled': [
          {
            guard: { type: 'isLastWait', params: itsEvent },
            target: 'PENDING',
            actions: { type: 'noteWaitMet', params: itsEvent },
          },
          {
            guard: { type: 'isWaitMet', params: itsEvent },
            actions: { type: 'noteWaitMet', params: itsEvent },
          },
          {
            guard: { type: 'failsWithIt', params: itsEvent },
            target: 'FAILED',
            actions: {
              type: 'noteError',
              params: ({ event }) => ({
                error: run.dependencyFailure(event.run, event.outcome),
                at: event.at,
              }),
            },
          },
          {
            guard: { type: 'isSkippedWithIt', params: itsEvent },
            target: 'CANCELLED',
            actions: {
              type: 'noteCancel',
              params: ({ event }) => run.skipped(event),
            },
          },
        ],
      },
    },
    IN_PROGRESS: {
      tags: 'active',
      entry: [
        {
          type: 'begin',
          params: ({ context, event }) => ({ at: run.timeOf(event, context.spec.createdAt) }),
        },
        { type: 'start', params: ({ context }) => ({ steps: startingNames(context) }) },
      ],
      initial: 'untimed',
      states: {
        untimed: { always: { guard: 'isDone', target: 'finishing' } },
        timed: {
          always: { guard: 'isDone', target: 'finishing' },
          after: {
            timeoutMs: {
              target: '#workflow.FAILED',
              actions: {
                type: 'noteError',
                params: ({ context, event }) => ({
                  error: timeoutFailure(context),
                  at: run.timeOf(event, context.spec.createdAt),
                }),
              },
            },
          },
        },
        finishing: {
          entry: 'finish',
          on: {
            'workflow.finished': {
              target: '#workflow.COMPLETED',
              actions: { type: 'noteResult', params: itsEvent },
            },
            'workflow.failed': {
              target: '#workflow.FAILED',
              actions: { type: 'noteError', params: itsEvent },
            },
          },
        },
      },
      on: {
        'child.settled': [
          {
            guard: { type: 'isCompleted', params: itsEvent },
            actions: [
              { type: 'noteStep', params: itsEvent },
              {
                type: 'record',
                params: ({ event }) => ({ step: event.step, value: event.outcome }),
              },
              { type: 'start', params: ({ context }) => ({ steps: startingNames(context) }) },
            ],
          },
          {
            guard: { type: 'isStarted', params: itsEvent },
            target: 'FAILED',
            actions: [
              { type: 'noteStep', params: itsEvent },
              {
                type: 'record',
                params: ({ event }) => ({ step: event.step, value: event.outcome }),
              },
              {
                type: 'noteError',
                params: ({ context, event }) => ({
                  error: stepFailure(context, event),
                  at: event.at,
                }),
              },
            ],
          },
        ],
      },
    },
    COMPLETED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => run.tellParent(context) },
    },
    FAILED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => run.tellParent(context) },
    },
    CANCELLED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => run.tellParent(context) },
    },
  },
  exit: { type: 'send', params: ({ context }) => cancelOpenSteps(context) },
});
