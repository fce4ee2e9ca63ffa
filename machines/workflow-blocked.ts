/**
 * BLOCKED: a workflow's run that waits for other runs, or until it is resumed (`paused`). Paused,
 * it starts nothing, and its steps under way are paused with it.
 */
import { asAddress } from '../src/protocol/index.ts';
import * as run from './run.ts';
import { workflowSetup } from './workflow-setup.ts';
import { openSteps, stepFailure } from './workflow-steps.ts';

const itsEvent = <E>({ event }: { event: E }): E => event;

/** The state BLOCKED of the workflow machine. */
export const blocked = workflowSetup.createStateConfig({
  initial: 'byDependency',
  states: {
    byDependency: {
      entry: {
        type: 'watch',
        params: ({ context }) => ({ runs: run.waitsFor(context).map(asAddress) }),
      },
      on: {
        'dependency.settled': {
          guard: { type: 'isLastWait', params: itsEvent },
          target: '#workflow.PENDING',
          actions: { type: 'noteWaitMet', params: itsEvent },
        },
      },
    },
    paused: {
      entry: { type: 'send', params: ({ context }) => run.pauseRuns(openSteps(context)) },
      on: {
        'run.pause': { actions: { type: 'notePause', params: itsEvent } },
        'run.resume': [
          {
            guard: { type: 'staysPaused', params: itsEvent },
            actions: { type: 'noteResume', params: itsEvent },
          },
          {
            target: '#workflow.PENDING',
            actions: [
              { type: 'noteResume', params: itsEvent },
              { type: 'send', params: ({ context }) => run.resumeRuns(openSteps(context)) },
              'startMissing',
            ],
          },
        ],
        'child.settled': [
          {
            guard: { type: 'isCompleted', params: itsEvent },
            actions: [
              { type: 'noteStepEnd', params: itsEvent },
              {
                type: 'record',
                params: ({ event }) => ({ step: event.step, value: event.outcome }),
              },
            ],
          },
          {
            guard: { type: 'isStarted', params: itsEvent },
            target: '#workflow.FAILED',
            actions: [
              { type: 'noteStepEnd', params: itsEvent },
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
  },
  on: {
    'dependency.settled': [
      {
        guard: { type: 'isWaitMet', params: itsEvent },
        actions: { type: 'noteWaitMet', params: itsEvent },
      },
      {
        guard: { type: 'failsWithIt', params: itsEvent },
        target: '#workflow.FAILED',
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
        target: '#workflow.CANCELLED',
        actions: { type: 'noteCancel', params: ({ event }) => run.skipped(event) },
      },
    ],
  },
});
