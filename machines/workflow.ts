/**
 * Workflow: one run of a plan, step by step as dependencies, conditions and limits allow.
 * Path: PENDING -> IN_PROGRESS -> COMPLETED; BLOCKED while it waits for other runs, or is paused;
 * IN_PROGRESS.stopping before FAILED or CANCELLED when something is to be undone.
 * Invariants: a step starts when all that it waits for has ended as it asks; its work completes at
 * most once for each round; never more steps under way than `concurrency`; what is open at the end
 * is cancelled; what completed and can be undone is undone once, unless the run completes.
 */
import { beginPlan } from '../src/policies/index.ts';
import * as run from './run.ts';
import { blocked } from './workflow-blocked.ts';
import { cancelOpenRuns, endFactsOf, tell } from './workflow-context.ts';
import { itsEvent, recordEnd, startRuns, tellSteps, workflowSetup } from './workflow-setup.ts';
import { stopping } from './workflow-stopping.ts';

const takenOver = {
  reenter: true,
  actions: [
    { type: 'noteMigrated', params: itsEvent },
    { type: 'noteSetAside', params: itsEvent },
  ],
} as const;

/** The workflow machine: one chart for every plan. */
export const workflowMachine = workflowSetup.createMachine({
  id: 'workflow',
  version: '1',
  initial: 'PENDING',
  context: ({ input }) => ({
    spec: input,
    steps: beginPlan(input.plan),
    starting: [],
  }),
  output: ({ context }) => run.outcomeOf(context, { attempts: 1, ...endFactsOf(context) }),
  on: {
    'run.cancel': {
      target: '.CANCELLED',
      actions: { type: 'noteCancel', params: itsEvent },
    },
    'run.pause': {
      target: '.BLOCKED.paused',
      actions: { type: 'notePause', params: itsEvent },
    },
    'stage.move': {
      guard: { type: 'isStageMove', params: itsEvent },
      actions: { type: 'noteStage', params: itsEvent },
    },
    'step.rated': { actions: { type: 'noteRated', params: itsEvent } },
    'approval.requested': {
      actions: {
        type: 'send',
        params: ({ context, event }) => run.passOnApproval(context, event),
      },
    },
    'workflow.migrated': {
      guard: { type: 'isItsVersion', params: itsEvent },
      actions: { type: 'noteMigrated', params: itsEvent },
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
            { guard: 'isStopping', target: '#workflow.IN_PROGRESS.stopping' },
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
        tellSteps,
        startRuns,
      ],
      initial: 'untimed',
      states: {
        untimed: {
          always: [
            { guard: 'hasFailed', target: 'stopping', actions: 'noteFailure' },
            { guard: 'isDone', target: 'finishing' },
          ],
        },
        timed: {
          always: [
            { guard: 'hasFailed', target: 'stopping', actions: 'noteFailure' },
            { guard: 'isDone', target: 'finishing' },
          ],
          after: { timeoutMs: { target: 'stopping', actions: 'noteTimeout' } },
        },
        finishing: {
          entry: 'finish',
          on: {
            'workflow.finished': {
              target: '#workflow.COMPLETED',
              actions: { type: 'noteResult', params: itsEvent },
            },
            'workflow.failed': {
              target: 'stopping',
              actions: { type: 'noteNoResult', params: itsEvent },
            },
          },
        },
        stopping,
      },
      on: {
        'run.pause': {
          target: '#workflow.BLOCKED.paused',
          actions: [
            { type: 'notePause', params: itsEvent },
            { type: 'noteSetAside', params: itsEvent },
          ],
        },
        /** Its time-out runs on, and its new plan is begun where the old one left it. */
        'workflow.migrated': [
          {
            guard: { type: 'isTimedVersion', params: itsEvent },
            target: '#workflow.IN_PROGRESS.timed',
            ...takenOver,
          },
          {
            guard: { type: 'isItsVersion', params: itsEvent },
            target: '#workflow.IN_PROGRESS',
            ...takenOver,
          },
        ],
        'run.cancel': {
          guard: 'mustUndo',
          target: '.stopping',
          actions: { type: 'noteStopping', params: itsEvent },
        },
        'child.settled': [
          {
            guard: { type: 'isLooped', params: itsEvent },
            actions: [
              { type: 'noteToJudge', params: itsEvent },
              recordEnd,
              { type: 'judge', params: ({ event }) => ({ step: event.step }) },
            ],
          },
          {
            guard: { type: 'isStarted', params: itsEvent },
            actions: [{ type: 'noteStep', params: itsEvent }, recordEnd, tellSteps, startRuns],
          },
        ],
        'step.judged': {
          guard: { type: 'isJudged', params: itsEvent },
          actions: [{ type: 'noteJudged', params: itsEvent }, tellSteps, startRuns],
        },
        'step.skipped': {
          guard: { type: 'isStarted', params: itsEvent },
          actions: [{ type: 'noteSkipped', params: itsEvent }, tellSteps, startRuns],
        },
      },
    },
    COMPLETED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => tell(context) },
    },
    FAILED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => tell(context) },
    },
    CANCELLED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => tell(context) },
    },
  },
  exit: { type: 'send', params: ({ context }) => cancelOpenRuns(context) },
});
