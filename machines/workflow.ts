/**
 * Workflow: one run of a plan, step by step as dependencies and the limit allow.
 * Path: PENDING -> IN_PROGRESS -> COMPLETED; BLOCKED while it waits for other runs, or is paused.
 * Invariants: a step starts after all that it waits for completed, and at most once; never more
 * steps under way than `concurrency`; a failed step fails the run, and what is open is cancelled.
 */
import { initialReadySet } from '../src/policies/index.ts';
import * as run from './run.ts';
import { blocked } from './workflow-blocked.ts';
import { workflowSetup } from './workflow-setup.ts';
import { cancelOpenSteps, startingNames, stepFailure, timeoutFailure } from './workflow-steps.ts';

const itsEvent = <E>({ event }: { event: E }): E => event;

/** The workflow machine: one chart for every plan. */
export const workflowMachine = workflowSetup.createMachine({
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
    'run.pause': {
      target: '.BLOCKED.paused',
      actions: { type: 'notePause', params: itsEvent },
    },
    'run.overdue': {
      actions: [
        'noteOverdue',
        { type: 'overdue', params: ({ context }) => ({ dueAt: context.spec.dueAt }) },
      ],
    },
  },
  states: {
    PENDING: {
      initial: 'checking',
      states: {
        checking: {
          always: [
            {
              guard: 'mustRemind',
              target: 'checking',
              reenter: true,
              actions: ['remind', 'noteReminder'],
            },
            { guard: 'mustWait', target: '#workflow.BLOCKED.byDependency' },
            { guard: 'isEarly', target: 'resting' },
            { guard: 'hasTimeout', target: '#workflow.IN_PROGRESS.timed' },
            { target: '#workflow.IN_PROGRESS' },
          ],
        },
        resting: { after: { restMs: { target: 'checking', actions: 'noteRested' } } },
      },
    },
    BLOCKED: blocked,
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
        'run.pause': {
          target: '#workflow.BLOCKED.paused',
          actions: [
            { type: 'notePause', params: itsEvent },
            { type: 'noteSetAside', params: itsEvent },
          ],
        },
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
